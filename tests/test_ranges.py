"""A WARC read in ranges: the same as read from its beginning, whatever the ranges and the damage."""

from __future__ import annotations

import gzip
import multiprocessing
import os
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pytest
import zstandard
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import answers, pipeline, prefilter, readers, sources, store
from archiver.cli import cli
from archiver.model import Archived, Capture, Failed, FileRead, Passed
from archiver.pipeline import Run
from archiver.readers import Outcome
from archiver.sources import Settings
from archiver.sources.archives import ranges
from archiver.told import Answered
from tests.pages import HERE
from tests.sources.archives import DATE, PACKED, http, page, record, warc

EMBEDS = min((HERE / "embeds" / "twitter").glob("*.html")).read_bytes()
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>a</title><link>https://example.com/</link>
<item><title>b</title><link>https://example.com/b</link><description>&lt;p&gt;words&lt;/p&gt;</description></item>
</channel></rss>"""
DEADLY = b"<!-- ends the process -->"
FORMS = [*sorted(PACKED), "whole.gz", "whole.zst"]


class Here:
    """Stands for the processes: does each task when its result is asked for."""

    def __init__(self, count: int) -> None:
        assert count == 2

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def begin(self, function: Callable[[Any], Any], argument: object) -> tuple[Callable[[Any], Any], object]:
        return function, argument

    def leave(self, task: object) -> None:
        pass

    def result(self, task: tuple[Callable[[Any], Any], object]) -> Any:
        return task[0](task[1])


def crawl(number: int = 12) -> list[bytes]:
    """Records of all kinds: pages with and without posts, what repeats them near and far, a WARC within the WARC."""
    found = [record(b"software: by hand\r\n", 1000, "warcinfo", content_type="application/warc-fields")]
    for n in range(number):
        found.append(record(http(EMBEDS if n % 3 == 0 else page(n, 60)), n))
        found.append(record(b"fetchTimeMs: 7\r\n", 2000 + n, "metadata", content_type="application/warc-fields"))
        if n % 4 == 2:
            found.append(record(http(b""), 100 + n, "revisit", f"WARC-Refers-To: <urn:uuid:{n % 5}>\r\n"))
            found.append(record(http(b""), 200 + n, "revisit", f"WARC-Refers-To: <urn:uuid:{100 + n}>\r\n"))
            refers = f"WARC-Refers-To-Target-URI: https://example.com/0\r\nWARC-Refers-To-Date: {DATE}\r\n"
            found.append(record(http(b"", status="304 Not Modified"), 300 + n, "revisit", refers))
            found.append(record(http(b""), 400 + n, "revisit", "WARC-Refers-To: <urn:uuid:99999>\r\n"))
    inner = [record(http(page(50 + n, 40)), 500 + n) for n in range(3)]
    for form in ("warc", "warc.gz", "warc.zst"):
        found.insert(4, record(http(warc(inner, form), "application/octet-stream"), 600))
    found.insert(9, record(http(FEED, "application/rss+xml"), 700))
    found.insert(12, record(b"", 701, "response", size=40))
    return found


def packed(records: Iterable[bytes], form: str) -> bytes:
    if form.startswith("whole"):
        return (gzip.compress if form == "whole.gz" else zstandard.compress)(warc(records, "warc"))
    if form == "warc.gz":  # stored, so that what is packed within shows
        return b"".join(gzip.compress(each, 0 if b"octet-stream" in each else 6, mtime=0) for each in records)
    return warc(records, form)


def told(outcomes: Iterable[Outcome | None]) -> list[object]:
    """What came, all of it that can be compared, and how many pages were passed over."""
    found, passed = list[object](), 0
    for each in outcomes:
        if isinstance(each, Passed):
            passed += each.pages
        elif isinstance(each, Archived | Answered):
            found.append(replace(each, capture=each.capture.bodiless()))
        else:
            found.append((each.target, str(each.error)) if isinstance(each, Failed) else each)
    return [passed, *found]


def both(path: Path, wanted: Settings, size: int) -> tuple[list[object], list[object]]:
    """What is read of a file from its beginning, and in ranges of so many bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "_SIZE", size)
        patch.setattr(ranges, "_LEAST", 1)
        patch.setattr(readers, "Processes", Here)
        one = told(readers.outcomes(map(_worth(wanted), sources.read([str(path)], wanted))))
        many = told(readers.outcomes(sources.read([str(path)], replace(wanted, in_ranges=True)), jobs=2))
    return one, many


def _worth(wanted: Settings) -> Callable[[Any], Any]:
    def worth(each: Any) -> Any:
        is_passed = isinstance(each, Capture) and not wanted.may_embed(each.body, each.media_type, each.url or "")
        return Passed() if is_passed else each

    return worth


ALL, EMBEDDING = Settings(), Settings(may_embed=prefilter.may_embed, is_read=lambda _: False)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [64, 1000, 7777, 1 << 20])
def test_ranges_of_any_size_tell_the_same_and_that_the_file_was_read(form: str, size: int, tmp_path: Path) -> None:
    path = tmp_path / f"a.{form}"
    path.write_bytes(packed(crawl(), form))
    for wanted in (ALL, EMBEDDING):
        one, many = both(path, wanted, size)
        assert many == one
    assert sum(isinstance(each, Archived) for each in many) >= 4
    assert isinstance(many[-1], FileRead)
    assert many[0]


@settings(max_examples=150, deadline=None)
@given(
    form=st.sampled_from(FORMS),
    size=st.integers(40, 9000),
    changes=st.lists(st.tuples(st.integers(0, 1 << 20), st.binary(max_size=40), st.integers(0, 40)), max_size=5),
    end=st.one_of(st.none(), st.integers(1, 1 << 20)),
    wanted=st.sampled_from([ALL, EMBEDDING]),
)
def test_damage_is_told_the_same_in_ranges(
    form: str, size: int, changes: list[tuple[int, bytes, int]], end: int | None, wanted: Settings
) -> None:
    data = packed(crawl(5), form)
    for at, new, old in changes:  # overwritten, put between, taken out
        at %= len(data)
        data = data[:at] + new + data[at + old :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.warc"
        path.write_bytes(data if end is None else data[: end % len(data) + 1])
        one, many = both(path, wanted, size)
    assert many == one


@pytest.mark.parametrize("form", FORMS)
def test_many_outcomes_of_one_range_come_a_few_at_once(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_MOST", 3)
    path = tmp_path / f"a.{form}"
    path.write_bytes(packed(crawl(), form))
    for wanted in (ALL, EMBEDDING):
        one, many = both(path, wanted, 1 << 20)
        assert many == one


def test_what_holds_no_page_or_is_no_warc_says_so_and_was_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    for data in (warc([record(b"a: b\r\n", 1, "metadata")] * 20), b"nothing\r\n" * 500, b""):
        path.write_bytes(data)
        one, many = both(path, EMBEDDING, 100)
        assert many == one
        assert len(many) == 2
        assert isinstance(many[1], tuple)


def test_pages_that_are_done_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(packed(crawl(), "warc.gz"))
    targets = [each.target for each in both(path, ALL, 500)[0] if isinstance(each, Archived)]
    one, many = both(path, replace(ALL, is_done=set(targets[::2]).__contains__), 500)
    assert many == one
    assert [each.target for each in many if isinstance(each, Archived)] == targets[1::2]


def test_a_page_that_ends_the_processes_of_its_range_costs_no_other_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warc(record(http(DEADLY if n == 7 else EMBEDS), n) for n in range(20)))
    monkeypatch.setattr(ranges, "_LEAST", 1)
    monkeypatch.setattr(ranges, "_SIZE", path.stat().st_size // 3)
    monkeypatch.setattr(readers, "_part", deadly_part)
    monkeypatch.setattr(readers, "_meaning", deadly_meaning)
    found = list(readers.outcomes(sources.read([str(path)], Settings(in_ranges=True)), jobs=2))
    assert [isinstance(each, Archived) for each in found] == [n != 7 for n in range(20)]
    assert isinstance(found[7], Failed)
    assert "ended the process that read it, twice" in str(found[7].error)
    assert multiprocessing.active_children() == []


def deadly_part(what: ranges.Range) -> object:
    readers._meaning = deadly_meaning  # in the process alone
    return PART(what)


def deadly_meaning(capture: Capture) -> object:
    if DEADLY in capture.body:
        os.kill(os.getpid(), signal.SIGKILL)
    return MEANING(capture)


PART, MEANING = readers._part, readers._meaning


def test_a_caller_that_stops_ends_the_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warc(record(http(EMBEDS), n) for n in range(40)))
    monkeypatch.setattr(ranges, "_LEAST", 1)
    monkeypatch.setattr(ranges, "_SIZE", 500)
    outcomes = readers.outcomes(sources.read([str(path)], Settings(in_ranges=True)), jobs=2)
    assert isinstance(next(outcomes), Archived)
    outcomes.close()
    assert multiprocessing.active_children() == []


@pytest.fixture
def crawled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of many ranges, one of its pages broken."""
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(packed([*crawl(40), *crawl(40)], "warc.gz").replace(b"Page 7", b"Page 8"))
    monkeypatch.setattr(ranges, "_LEAST", 1)
    monkeypatch.setattr(ranges, "_SIZE", 4096)
    return path


def test_two_jobs_print_what_one_prints(crawled: Path) -> None:
    one, two = (CliRunner().invoke(cli, ["extract", str(crawled), "--jobs", jobs]) for jobs in "12")
    assert one.stdout.count("\n") >= 28
    assert two.stdout_bytes == one.stdout_bytes
    assert two.stderr == one.stderr
    assert one.exit_code == two.exit_code == 1


@pytest.mark.parametrize("options", [(), ("--embeds-only",)])
def test_two_jobs_store_what_one_stores_also_after_an_interruption(
    options: tuple[str, ...], crawled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def archived(name: str, *more: str) -> list[list[tuple[object, ...]]]:
        done = CliRunner().invoke(cli, ["archive", str(crawled), "--db", str(tmp_path / name), *options, *more])
        assert done.exit_code == 1, done.output
        with closing(sqlite3.connect(tmp_path / name)) as opened:
            return [opened.execute(question).fetchall() for question in STORED]

    one = archived("one.db", "--jobs", "1")
    assert archived("two.db", "--jobs", "2") == one
    monkeypatch.setattr(pipeline, "_BATCH_PAGES", 8)
    with closing(store.open_archive(tmp_path / "cut.db")) as opened:
        wanted = Settings(is_answer=answers.is_answer)
        run = Run(opened, ["archive"], jobs=2, embeds_only=bool(options))
        outcomes = pipeline.archive([str(crawled)], wanted, run)
        next(outcomes)
        outcomes.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []
    with closing(sqlite3.connect(tmp_path / "cut.db")) as opened:
        stored = opened.execute("select count(*) from captures where error is null").fetchone()
    assert 0 < stored[0] < len(one[0])
    assert archived("cut.db", "--jobs", "2", "--resume") == one


STORED = (
    "select target, sha256, bytes, warc_offset, warc_length from captures where error is null order by target",
    "select url, title from pages order by url",
    "select shape, position, html from embeds order by html, position",
    "select platform_id, text, posted_at from posts order by platform_id, text",
)
