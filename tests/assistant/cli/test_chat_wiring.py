import asyncio
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from assistant.asker import Serving
from assistant.cli.chat_wiring import opening, watch_server
from assistant.errors import SettingUnknown
from assistant.events import Progress
from assistant.knowledge.files import read_knowledge
from assistant.sessions.store import sessions_file
from tests.assistant.shop import write_shop

COUNT = "SELECT COUNT(*) AS n FROM customers"
NOBODY = "http://127.0.0.1:9/v1"


@pytest.fixture
def shop(tmp_path: Path) -> str:
    return str(write_shop(tmp_path / "shop.db"))


def test_a_chat_is_opened_with_short_names_and_keeps_its_database_by_the_whole_one(
    shop: str,
) -> None:
    with closing(opening(shop, endpoint=NOBODY)) as opened:
        assert (opened.database, opened.model) == ("shop.db", NOBODY)
        assert opened.notebook
        assert opened.notebook.database == f"sqlite:///{shop}"
    with closing(opening("mysql://reader:secret@db.example/sales")) as opened:
        assert opened.database == "sales @ db.example:3306"
        assert opened.notebook
        assert "secret" not in opened.notebook.database


def test_nothing_is_kept_where_the_person_does_not_want_it(
    shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOTAE_KEEP_SESSIONS", "false")
    assert opening(shop, endpoint=NOBODY, resume=True).notebook is None
    assert not sessions_file().exists()


def test_an_answer_that_was_right_is_kept_in_the_knowledge_folder(shop: str) -> None:
    with closing(opening(shop, endpoint=NOBODY)) as opened:
        assert opened.keep_pair is not None
        kept = Path(opened.keep_pair("How many?", COUNT))
    [pair] = read_knowledge(kept.parent).pairs
    assert (pair.question, pair.sql) == ("How many?", COUNT)


def test_settings_are_refused_before_anything_is_opened(shop: str, tmp_path: Path) -> None:
    (tmp_path / "kotae.toml").write_text('[keys]\nchart = "f8"\n[chart]\n', encoding="utf-8")
    with pytest.raises(SettingUnknown):
        opening(shop)
    (tmp_path / "kotae.toml").write_text('[keys]\nchart = "f8"\n', encoding="utf-8")
    with closing(opening(shop)) as opened:
        assert opened.keys == {"chart": "f8"}


async def test_a_model_server_that_is_gone_is_told() -> None:
    told = anyio.Event()

    def hear(report: Progress | Serving) -> None:
        if report == Serving("down"):
            told.set()

    watching = asyncio.create_task(watch_server(hear))
    with anyio.fail_after(10):
        await told.wait()
    watching.cancel()
    await asyncio.wait([watching])
