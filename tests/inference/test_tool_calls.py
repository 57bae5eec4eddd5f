"""Models whose tool calls are not written as their own template says."""

import json
from pathlib import Path

import httpx2
import pytest

from inference.endpoint import Endpoint
from inference.gguf_writer import header, string
from inference.tool_calls import template_file

TEMPLATE = r"""signatures within <tools></tools> XML tags:\n<tools>[]\n</tools>
return an object within <tool_call></tool_call> XML tags:
<tool_call>\n{{\"name\": <function-name>, \"arguments\": <args-json-object>}}\n</tool_call>"""
WRITTEN = r"""signatures:\n[]\n
return an object in a fenced block:
```json\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n```"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOTAE_STATE_DIR", str(tmp_path / "state"))


def model(path: Path, name: str) -> Path:
    """A model of which there is nothing but its name and its template."""
    metadata = {"general.basename": string(name), "tokenizer.chat_template": string(TEMPLATE)}
    path.write_bytes(header(metadata, []))
    return path


def test_a_coder_of_qwen_gets_a_template_with_the_marks_that_it_writes(tmp_path: Path) -> None:
    file = template_file(model(tmp_path / "a.gguf", "Qwen2.5-Coder"))

    assert file
    assert file.read_text("utf-8") == WRITTEN
    assert template_file(tmp_path / "a.gguf") == file


@pytest.mark.parametrize("name", ["Qwen2.5", "gpt-oss", ""])
def test_other_models_keep_their_own(tmp_path: Path, name: str) -> None:
    assert template_file(model(tmp_path / "a.gguf", name)) is None


def test_what_is_no_model_is_left_to_the_server(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"GG")

    assert template_file(tmp_path / "a.gguf") is None


@pytest.mark.model
def test_a_real_small_model_calls_a_tool_so_that_its_server_sees_it(
    model_server: Endpoint,
) -> None:
    sql = {"type": "object", "properties": {"sql": {"type": "string"}}, "required": ["sql"]}
    tool = {"name": "query", "description": "Run one SQL statement", "parameters": sql}
    body = {
        "messages": [{"role": "user", "content": "Use the tool to run: SELECT COUNT(*) FROM t"}],
        "tools": [{"type": "function", "function": tool}],
        "temperature": 0,
        "max_tokens": 100,
    }
    url = f"{model_server.base_url}/chat/completions"
    key = {"Authorization": f"Bearer {model_server.api_key}"}
    reply = httpx2.post(url, json=body, headers=key, timeout=120, trust_env=False).json()
    (call,) = reply["choices"][0]["message"]["tool_calls"]

    assert call["function"]["name"] == "query"
    assert "SELECT COUNT(*)" in json.loads(call["function"]["arguments"])["sql"]
