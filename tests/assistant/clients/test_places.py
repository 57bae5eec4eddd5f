from pathlib import Path

import pytest

from assistant.clients.entries import CLIENTS, Client
from assistant.clients.places import places, present

HOME = Path("/home/you")
CONFIG = {
    "linux": HOME / ".config",
    "darwin": HOME / "Library/Application Support",
    "win32": HOME / "AppData/Roaming",
}
CLINE = "Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"
KNOWN = {
    "cline": dict.fromkeys(CONFIG, CLINE),
    "vscode": dict.fromkeys(CONFIG, "Code/User/mcp.json"),
    "claude": dict.fromkeys(CONFIG, "Claude/claude_desktop_config.json"),
    "zed": {"linux": "zed/settings.json", "win32": "Zed/settings.json"},
}


@pytest.mark.parametrize("system", CONFIG)
@pytest.mark.parametrize("client", CLIENTS)
def test_each_client_keeps_its_settings_where_its_system_does(client: Client, system: str) -> None:
    found = places(client, system, HOME, CONFIG[system])
    match client:
        case "llama-web":
            assert found == ()
        case "cursor":
            assert found == (HOME / ".cursor/mcp.json",)
        case "zed" if system == "darwin":
            assert found == (HOME / ".config/zed/settings.json",)
        case _:
            assert found[0] == CONFIG[system] / KNOWN[client][system]


def test_cline_is_told_wherever_it_is_and_on_the_command_line_else(tmp_path: Path) -> None:
    files = places("cline", "linux", tmp_path, tmp_path / ".config")
    extension, command_line = files
    assert present(files) == (command_line,)
    extension.parent.mkdir(parents=True)
    assert present(files) == (extension,)
    command_line.parent.mkdir(parents=True)
    assert present(files) == files
