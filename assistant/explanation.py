"""A statement in words, written by the model behind the prefix that its server has read already."""

import json
import re
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from assistant import prompt
from assistant.errors import AssistantError, MalformedReply
from assistant.events import Answer, Answered, Event, Progress, TextDelta, Usage
from assistant.locale import Language, describe
from assistant.model import ChatModel, Message, ReplySchema
from assistant.reply import StringReader

REQUEST = """\
Explain this statement to somebody who knows no SQL, in {language}, in at most three short \
sentences: which rows it takes, how it groups them, what each column of the result is.
{sql}
Reply with one JSON object: {{"text": the explanation}}"""
_LANGUAGES: dict[Language, str] = {"en": "English", "ja": "Japanese"}


async def explain(
    sql: str, model: ChatModel, opening: list[Message], lang: Language
) -> AsyncGenerator[Event, None]:
    """`TextDelta`s while the model writes, then the whole; closing it stops the generation."""
    started = time.perf_counter()
    yield Progress("reading")
    raw, reader = "", StringReader("text")
    part = REQUEST.format(language=_LANGUAGES[lang], sql=sql)
    answer = Answer("answered", "", sql, model=model.endpoint.model)
    try:
        messages = prompt.messages(opening, part)
        async with aclosing(model.reply(messages, _schema(sql))) as pieces:
            async for piece in pieces:
                if piece.kind == "content":
                    raw += piece.text
                    if delta := reader.feed(piece.text):
                        yield TextDelta(delta)
        answer = replace(answer, text=_text(raw))
    except AssistantError as error:
        answer = replace(
            answer, status="failed", text=describe(error, lang), exit_code=error.exit_code
        )
    usage: Usage = replace(model.usage, seconds=time.perf_counter() - started)
    yield Answered(replace(answer, usage=usage))


def _schema(sql: str) -> ReplySchema:
    """No number but the statement's own: an explanation counts nothing."""
    numbers = "|".join(sorted(set(re.findall(r"[0-9]+", sql)))[:12])
    words = r'[^0-9"\\{}\n\r\t]'
    piece = f"({words}|{numbers})" if numbers else words
    text = {"type": "string", "pattern": f"^{piece}{{8,400}}$"}
    return ReplySchema("explanation", {
        "type": "object",
        "properties": {"text": text},
        "required": ["text"],
        "additionalProperties": False,
    })  # fmt: skip


def _text(raw: str) -> str:
    try:
        return str(json.loads(raw, strict=False)["text"]).strip()
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedReply(reply=" ".join(raw.split())[:120]) from error
