"""The entry point of the bundle: kotae's database tools over stdio."""

from mcp_server.__main__ import main

if __name__ == "__main__":
    main([])
