"""`python -m assistant.cli`: the command line where `kotae` itself is not on PATH."""

from assistant.cli import main

main()
