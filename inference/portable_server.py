"""llama-server's own HTTP server as xllamacpp carries it, behind the flags that kotae uses.

    LLAMA_API_KEY=… python -P -m inference.portable_server --model FILE --port N

Slower than a build for the very processor, but it runs on any machine with a wheel.
"""

import argparse
import os
import threading
from pathlib import Path


def main() -> None:
    """Serve until the process is ended."""
    wish = _parser().parse_args()
    import xllamacpp

    # Logged lines of the constructor tell why a model could not be loaded; it then raises.
    server = xllamacpp.Server(_parameters(wish))
    print(f"portable server: {server.listening_address}", flush=True)
    threading.Event().wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="inference.portable_server",
        epilog="The API key is taken from the environment (env: LLAMA_API_KEY).",
        allow_abbrev=False,
    )
    parser.add_argument("--model", required=True)
    parser.add_argument("--alias", default="")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--ctx-size", type=int, default=8192)
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--threads", type=int, default=-1)
    parser.add_argument("--cache-ram", type=int, default=512)
    parser.add_argument("--cors-origins", default="localhost")
    parser.add_argument("--no-ui", action="store_true")
    parser.add_argument("--slot-save-path", default="")
    parser.add_argument("--chat-template-file", type=Path)
    parser.add_argument("--mcp-servers-config", default="")
    return parser


def _parameters(wish: argparse.Namespace) -> object:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = wish.model
    parameters.model_alias = {wish.alias} if wish.alias else set()
    parameters.hostnames = [wish.host]
    parameters.port = wish.port
    parameters.n_ctx = wish.ctx_size
    parameters.n_parallel = wish.parallel
    parameters.cpuparams.n_threads = wish.threads
    parameters.cache_ram_mib = wish.cache_ram
    parameters.cors_origins = wish.cors_origins
    parameters.ui = not wish.no_ui
    if wish.slot_save_path:
        parameters.slot_save_path = os.path.join(wish.slot_save_path, "")
    if wish.mcp_servers_config:
        parameters.mcp_servers_config = wish.mcp_servers_config
    if wish.chat_template_file:
        parameters.chat_template = wish.chat_template_file.read_text("utf-8")
    parameters.use_jinja = True
    parameters.api_keys = [key] if (key := os.environ.get("LLAMA_API_KEY")) else []
    return parameters


if __name__ == "__main__":
    main()
