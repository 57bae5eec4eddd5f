import json
from pathlib import Path

import httpx2
import pytest

from inference import programs
from inference.flags import Launch
from inference.memory import on_cpu
from inference.process import start
from inference.progress import unheard
from inference.trial import fit


@pytest.mark.model
def test_the_portable_server_answers_in_a_schema_with_a_key(
    small_model: Path, tmp_path: Path
) -> None:
    program = programs.portable()
    assert program is not None
    launch = Launch(small_model, "small", on_cpu(1024, threads=2))
    server, endpoint = start(fit(program, unheard), launch, tmp_path / "log", unheard)
    schema = {
        "type": "object",
        "properties": {"number": {"type": "integer"}},
        "required": ["number"],
    }
    body = {
        "messages": [{"role": "user", "content": "How many days has a week? Answer as JSON."}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}},
        "max_tokens": 30,
    }
    try:
        url = f"{endpoint.base_url}/chat/completions"
        key = {"Authorization": f"Bearer {endpoint.api_key}"}
        assert httpx2.post(url, json=body).status_code == 401
        reply = httpx2.post(url, json=body, headers=key, timeout=120).json()
    finally:
        server.close()
    assert isinstance(json.loads(reply["choices"][0]["message"]["content"])["number"], int)
    assert (endpoint.model, endpoint.context_tokens) == ("small", 1024)
    assert reply["timings"]["prompt_n"] == reply["usage"]["prompt_tokens"]
