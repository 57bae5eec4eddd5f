"""Templates for models that write tool calls otherwise than their own template says.

Qwen2.5-Coder is told to put a call between tags and puts it into a fenced block. llama-server looks
for the marks of the template, so that every call came out as text.
"""

import hashlib
from pathlib import Path

from inference import gguf
from inference.errors import InferenceError
from inference.places import state_folder, writable, write_private

_TEMPLATE = "tokenizer.chat_template"
_FENCING = "qwen2.5-coder"
_MARKS = {
    " within <tool_call></tool_call> XML tags": " in a fenced block",
    " within <tools></tools> XML tags": "",
    "<tools>": "",
    "</tools>": "",
    "</tool_call>": "```",
    "<tool_call>": "```json",
    r"{{\"name\": <function-name>": r"{\"name\": <function-name>",
    "<args-json-object>}}": "<args-json-object>}",
}
"""What the template says, and what a small model then writes; in this order.

The tags around the list of tools and the doubled braces of the example get copied into a call now
and then, which comes out as text.
"""


def template_file(model: Path) -> Path | None:
    """The model's own template, with the marks that it really writes; None where they are those.

    Raises FolderNotWritable.
    """
    try:
        metadata = gguf.read(model).metadata
    except InferenceError:
        return None  # whatever this is, the server will say
    if not str(metadata.get("general.basename", "")).lower().startswith(_FENCING):
        return None
    template = str(metadata.get(_TEMPLATE, ""))
    for told, written in _MARKS.items():
        template = template.replace(told, written)
    name = hashlib.sha256(template.encode()).hexdigest()[:16]
    file = writable(state_folder() / "templates", "KOTAE_STATE_DIR") / f"{name}.jinja"
    if not file.exists():
        write_private(file, template)
    return file
