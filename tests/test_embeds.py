"""Facts as data: each page in tests/embeds holds the embeds that the file beside it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pages import HERE, KINDS, lines

PAGES = sorted(p for p in (HERE / "embeds").rglob("*") if p.suffix in KINDS)


def test_there_are_pages_and_each_has_its_facts() -> None:
    facts = {p.with_suffix("") for p in (HERE / "embeds").rglob("*.json")}
    assert len(PAGES) >= 10
    assert {p.with_suffix("") for p in PAGES} == facts


@pytest.mark.parametrize("path", PAGES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_page_holds_the_embeds_that_its_facts_say(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    found = lines(path)
    shown = [{key: embed[key] for key in want} for want, embed in zip(expected, found, strict=False)]
    assert shown == expected
    assert len(found) == len(expected), found[len(expected) :]
