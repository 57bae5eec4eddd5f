"""Checks of kotae itself: versions, where settings come from, folders, knowledge."""

import os
from collections.abc import Mapping
from pathlib import Path

from assistant.doctor.finding import Finding, failure
from assistant.errors import AssistantError
from assistant.knowledge.files import read_knowledge
from assistant.locale import t


def versions(kotae: str, python: str, system: str) -> Finding:
    """What a report of a bug needs to say."""
    text = t("doctor.versions", kotae=kotae, python=python, system=system)
    return Finding("versions", "ok", text)


def sources(file: Path | None, environ: Mapping[str, str]) -> Finding:
    """Which file and which variables the settings come from; no value is shown."""
    variables = sorted(name for name, value in environ.items() if _is_ours(name) and value)
    places = [shown(file)] if file else []
    if not (places or variables):
        return Finding("settings", "warning", t("doctor.no_settings"), "kotae init")
    return Finding("settings", "ok", ", ".join([*places, *variables]))


def _is_ours(variable: str) -> bool:
    return variable.startswith("KOTAE_") and not variable.startswith("KOTAE_TEST_")


def folder(name: str, path: Path, variable: str) -> Finding:
    """Whether files can be made there. Nothing is made: the nearest folder that is there tells."""
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Finding(name, "ok", shown(path))
    text = t("doctor.not_writable", path=shown(path))
    return Finding(name, "broken", text, f"export {variable}=…")


def knowledge(place: Path) -> Finding:
    """How much of it there is, and whether it can be read."""
    try:
        found = read_knowledge(place)
    except AssistantError as error:
        return failure("knowledge", error, error.exit_code)
    terms, notes, pairs = len(found.glossary.term), len(found.notes), len(found.pairs)
    if not (terms or notes or pairs):
        return Finding("knowledge", "ok", t("doctor.no_knowledge", path=shown(place)))
    text = t("doctor.knowledge", path=shown(place), terms=terms, notes=notes, pairs=pairs)
    return Finding("knowledge", "ok", text)


def shown(path: Path) -> str:
    """The path as a person writes it, their home as ~."""
    home = Path.home()
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)
