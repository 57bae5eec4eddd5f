"""Three questions on a terminal: which database, its password, which model."""

import asyncio
from dataclasses import replace
from urllib.parse import urlsplit

import typer

from assistant.cli.console import narration, our_errors, say
from assistant.cli.init import loaded_sample, looked_at, tell
from assistant.locale import describe, language, t
from assistant.setup.choice import Choice, Proposal


def interviewed(wish: Choice) -> Choice:
    """The wish with what a person answered. Raises typer.Abort when they leave."""
    choice = _with_database(wish)
    if not (choice.model or choice.endpoint):
        choice = _with_model(choice)
    return replace(choice, language=choice.language or language())


def _with_database(wish: Choice) -> Choice:
    """Asked until one answers; an empty answer means the sample."""
    while True:
        named = typer.prompt(t("init.ask_database"), default="", show_default=False, err=True)
        if not named.strip():
            return replace(wish, database=loaded_sample())
        password = "" if wish.keyring else _password(named)
        try:
            tell(looked_at(named, password))
        except our_errors() as error:
            say(describe(error))
            continue
        return replace(wish, database=named, password=password)


def _password(database: str) -> str:
    """Asked for a server whose URL holds none; typed unseen."""
    if "://" not in database or database.startswith("sqlite:") or urlsplit(database).password:
        return ""
    prompt = t("init.ask_password")
    return str(typer.prompt(prompt, default="", show_default=False, hide_input=True, err=True))


def _with_model(choice: Choice) -> Choice:
    """One of the proposals by its number, or the URL of another server."""
    from assistant.cli.setup import propose_models

    with narration.status(t("init.planning")):
        proposals = asyncio.run(propose_models())
    for number, proposal in enumerate(proposals, 1):
        say(f"  {number}. {_described(proposal)}")
    while True:
        answer = typer.prompt(t("init.ask_model"), default="1", err=True).strip()
        if answer.isdecimal() and 1 <= int(answer) <= len(proposals):
            return replace(choice, model=proposals[int(answer) - 1].name)
        if "://" in answer:
            return replace(choice, endpoint=answer)
        say(t("init.not_a_model", most=len(proposals)))


def _described(proposal: Proposal) -> str:
    from inference.progress import human_size

    size = human_size(proposal.download) if proposal.download else t("init.here")
    rate = f"{proposal.tokens_per_second:.0f}"
    return t("init.proposal", title=proposal.title, name=proposal.name, rate=rate, size=size)
