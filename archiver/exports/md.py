"""Posts to read, as Markdown."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from archiver import atomic
from archiver.analysis import posts
from archiver.analysis.posts import Listed, Shown
from archiver.exports import _heading, _letters, _pseudonymous, _words
from archiver.exports.pseudonyms import Pseudonyms
from archiver.store.questions import Filter

__all__ = ["write"]

_SIGNS = re.compile(r"([\\`*_\[\]<>|~&])")  # what CommonMark and GitHub read within a line
_FIRST = re.compile(r"^(\d+(?=[.)])|)([#+=:.)-])")  # and at the beginning of one


def write(archive: sqlite3.Connection, about: Filter, path: Path, at: datetime, by: Pseudonyms | None = None) -> int:
    """Writes the chosen posts with the articles that embed them, whole or not at all; how many. Raises ArchiveError."""
    n = 0
    with atomic.text(path) as file:
        file.write("# Posts embedded in articles\n\n")
        file.writelines(f"- {_plain(line)}\n" for line in _heading.lines(archive, about, at))
        for post in _pseudonymous.posts(posts.listed(archive, about), by):
            file.writelines(f"{line}\n" for line in _post(post))
            n += 1
    return n


def _post(post: Listed) -> Iterator[str]:
    yield f"\n## {_plain(_words.author(post.author_name, post.handle))}\n"
    time, how = _words.moment(post.posted_at, post.time_precision), _words.how(post.time_source)
    known = f"{time} ({_plain(how)})" if how else time
    yield f"{_plain(_words.platform(post.platform))}, {known or 'time not known'}"
    if url := _letters.link(post.permalink):
        yield f"· {_link('original', url)}"
    yield ""
    yield from _quoted(post.text) if post.text else ["*No page shows its text.*"]
    yield ""
    for shown in post.shown:
        yield from _shown(shown)


def _shown(shown: Shown) -> Iterator[str]:
    title = _plain(shown.title or "") or _plain(_words.page(shown.page_url))
    url = _letters.link(shown.page_url)
    told = [_link(title, url) if url else title, _plain(shown.outlet or "")]
    told.append(_words.moment(shown.published_at, shown.published_precision))
    yield f"- In {', '.join(filter(None, told))}"
    if shown.wording:
        yield f"  - Shown there as: {_plain(shown.wording)}"
    if before := _words.before(shown.context_before):
        yield f"  - Before it: {_plain(before)}"
    if after := _words.after(shown.context_after):
        yield f"  - After it: {_plain(after)}"


def _quoted(text: str) -> list[str]:
    lines = [_plain(line) for line in _letters.lines(text)]
    ends = [bool(line and following) for line, following in zip(lines, [*lines[1:], ""], strict=True)]
    return [f"> {line}{chr(92) if is_broken else ''}".rstrip() for line, is_broken in zip(lines, ends, strict=True)]


def _plain(text: str) -> str:
    """A text as one line in which Markdown reads no sign."""
    told = _SIGNS.sub(r"\\\1", _letters.line(text))
    return _FIRST.sub(r"\1\\\2", told, count=1)


def _link(words: str, url: str) -> str:
    return f"[{words}](<{url}>)"
