"""Where each client keeps its settings on Linux, macOS and Windows."""

import sys
from pathlib import Path

from platformdirs import user_config_path

from assistant.clients.entries import Client


def places(
    client: Client,
    system: str = sys.platform,
    home: Path | None = None,
    config: Path | None = None,
) -> tuple[Path, ...]:
    """The files that this client reads, the usual one first; none where there is no fixed one.

    `config` is the folder for the user's settings: ~/.config, ~/Library/Application Support or
    the roaming %APPDATA%.
    """
    home = home or Path.home()
    config = config or user_config_path(roaming=True)
    match client:
        case "cline":  # in VS Code, and on the command line
            extension = config / "Code" / "User" / "globalStorage" / "saoudrizwan.claude-dev"
            folders = (extension / "settings", home / ".cline" / "data" / "settings")
            return tuple(folder / "cline_mcp_settings.json" for folder in folders)
        case "vscode":
            return (config / "Code" / "User" / "mcp.json",)
        case "claude":
            return (config / "Claude" / "claude_desktop_config.json",)
        case "cursor":
            return (home / ".cursor" / "mcp.json",)
        case "zed":
            folder = {"win32": config / "Zed", "darwin": home / ".config" / "zed"}
            return (folder.get(system, config / "zed") / "settings.json",)
        case "llama-web":
            return ()


def present(files: tuple[Path, ...]) -> tuple[Path, ...]:
    """Those whose folder is there, so that their program is; else the last one."""
    return tuple(file for file in files if file.parent.is_dir()) or files[-1:]
