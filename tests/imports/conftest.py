from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archiver import store
from tests.tables import problems


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An archive that is new, and whole when the test is over."""
    with closing(store.open_archive(tmp_path / "archive.db")) as opened:
        yield opened
        assert problems(opened) == []
