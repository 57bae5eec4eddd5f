"""The scripted chat in a browser: python -m tests.e2e.scripted_web PORT; prints where it is."""

import sys

from assistant.web import serve

CHAT = [sys.executable, "-m", "tests.e2e.scripted_chat"]

if __name__ == "__main__":
    serve(CHAT, "127.0.0.1", int(sys.argv[1]), "", lambda url: print(url, flush=True))
