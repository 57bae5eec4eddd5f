from pathlib import Path

import pytest

from tests.assistant.shop import write_shop


@pytest.fixture
def shop(tmp_path: Path) -> str:
    return str(write_shop(tmp_path / "shop.db"))
