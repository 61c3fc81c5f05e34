from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import dask
import pytest
from click.testing import CliRunner, Result

from archiver import store
from archiver.cli import cli
from archiver.cluster import crawl, loading, parts, stores, work
from archiver.cluster.manifest import Failure, Line, Manifest
from archiver.cluster.work import Work
from archiver.pipeline import Run, keep
from tests.cluster.files import Served, capture_rows, held, kill_who_asks, made, serving
from tests.tables import natural

BIG = 10 << 20  # bytes: more than is fetched at once
WARCS = 5
KILLS = 2


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as served:
        for number in range(WARCS):
            served.files[f"{number}.warc.gz"] = held(number, padding=BIG if number == 1 else 0)
        yield served


def _crawled(sources: list[str], out: Path, workers: int = 2) -> list[Line | Failure]:
    with crawl.connected(None, workers) as client:
        return list(crawl.outcomes(client, sources, Manifest(str(out))))


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _archived(folder: Path, db: Path) -> object:
    with closing(store.open_archive(db)) as archive:
        list(keep(loading.missing(archive, [str(folder)]), Run(archive, ["merge"])))
        return natural(archive), capture_rows(archive)


def _lines(path: Path) -> list[dict[str, object]]:
    """A file of JSON lines, without how long things took."""
    return [json.loads(line) | {"seconds": None} for line in path.read_text(encoding="utf-8").splitlines()]


def test_workers_that_are_killed_in_mid_task_lose_and_double_nothing(served: Served, tmp_path: Path) -> None:
    sources = [served.url(name) for name in sorted(served.files)]
    alone = [made(source, tmp_path / "alone" / "parts")[0] for source in sources]
    left = [1] * KILLS

    def before(name: str, start: int, port: int) -> bytes | None:
        if name == "1.warc.gz" and start > 0 and left:
            left.pop()
            kill_who_asks(port)
        return None

    served.before = before
    told = _crawled(sources, tmp_path / "killed")
    assert left == []
    assert sorted(line.part for line in told if isinstance(line, Line)) == sorted(line.part for line in alone)
    assert _files(tmp_path / "killed" / "parts") == _files(tmp_path / "alone" / "parts")
    assert {line["part"]: line["sha256"] for line in _lines(tmp_path / "killed" / "manifest.jsonl")} == {
        name: hashlib.sha256(data).hexdigest() for name, data in _files(tmp_path / "alone" / "parts").items()
    }
    killed = _archived(tmp_path / "killed", tmp_path / "killed.db")
    assert killed == _archived(tmp_path / "alone", tmp_path / "alone.db")
    assert sum(line.facts.embeds for line in alone) == 6 * WARCS


def test_a_crawl_goes_on_where_an_earlier_one_ended_and_tells_what_failed(served: Served, tmp_path: Path) -> None:
    served.before = lambda *_: None
    out = tmp_path / "out"
    good, other = served.url("0.warc.gz"), served.url("2.warc.gz")
    missing, wrong = served.url("late.warc.gz"), tmp_path / "wrong.warc"
    wrong.write_text("<html>")
    done = _call(good, other, missing, str(wrong), "--out", str(out), "--workers", "2", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert (told["warcs"], told["parts"], told["made"], told["failures"]) == (4, 2, 2, 2)
    assert (told["pages"], told["pages_with_embeds"], told["embeds"]) == (32, 12, 12)
    assert "failed  " + missing + ": is not there\n" in done.stderr
    assert f"failed  {wrong}: is no WARC file\n" in done.stderr
    assert "dashboard: http://127.0.0.1:" in done.stderr
    assert {line["source"] for line in _lines(out / "failures.jsonl")} == {missing, str(wrong)}
    before = _files(out / "parts")

    served.files["late.warc.gz"] = held(50)
    first = next(path for path in (out / "parts").iterdir())
    first.write_bytes(first.read_bytes()[:-100])  # cut off
    (out / "parts" / ".killed.parquet.0.tmp").write_bytes(b"half")
    again = _call(good, other, missing, "--out", str(out), "--workers", "1", "--json")
    assert again.exit_code == 0, again.output
    told = json.loads(again.stdout)
    assert (told["parts"], told["made"], told["failures"], told["embeds"]) == (3, 2, 0, 18)
    assert _files(out / "parts").items() >= before.items()
    assert len(_files(out / "parts")) == 3
    assert len(_lines(out / "manifest.jsonl")) == 3
    assert [line["source"] for line in _lines(out / "failures.jsonl")] == [str(wrong)]

    wrong.write_bytes(held(51))
    retried = _call("--retry", "--out", str(out), "--workers", "1")
    assert retried.exit_code == 0, retried.output
    assert (
        retried.stdout.splitlines()[1]
        == f"6 pages with 6 embeds, of 16 pages in {wrong.stat().st_size / 1000:.0f} kB of WARC"
    )
    assert (out / "failures.jsonl").read_bytes() == b""
    nothing = _call("--retry", "--out", str(out))
    assert (nothing.exit_code, nothing.stdout.splitlines()[0]) == (0, f"0 parts in {out} (0 bytes)")


def test_a_server_that_is_busy_is_asked_again(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawl, "_WAIT", 0.01)
    heads = iter([503, 503])
    served.head = lambda name: next(heads, None) if name == "3.warc.gz" else None
    (line,) = _crawled([served.url("3.warc.gz")], tmp_path, workers=1)
    assert isinstance(line, Line)
    served.head = lambda _: 503
    (failure,) = _crawled([served.url("4.warc.gz")], tmp_path, workers=1)
    served.head = lambda _: None
    assert isinstance(failure, Failure)
    assert failure.is_passing
    assert Manifest(str(tmp_path)).failed == {failure.source: failure}


def test_a_warc_that_ends_each_worker_is_a_failure_and_stops_no_other(served: Served, tmp_path: Path) -> None:
    served.files["deadly.warc.gz"] = held(60)
    served.before = lambda name, _, port: kill_who_asks(port) if name == "deadly.warc.gz" else None
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        crawl.connected(None, 1) as local,
        crawl.connected(local.scheduler.address, 1) as client,  # as one that is told by --scheduler
    ):
        deadly, good = served.url("deadly.warc.gz"), served.url("0.warc.gz")
        told = list(crawl.outcomes(client, [deadly, good], Manifest(str(tmp_path))))
    served.before = lambda *_: None
    assert Failure(deadly, f"{deadly}: ended the workers that read it (please report this)") in told
    assert [line.facts.source for line in told if isinstance(line, Line)] == [good]
    assert stores.names(str(tmp_path / "parts")) == [parts.name(good)]


def test_a_crawl_whose_manifest_is_lost_makes_it_anew_from_its_parts(served: Served, tmp_path: Path) -> None:
    line, _ = made(served.url("0.warc.gz"), tmp_path / "parts")
    manifest = Manifest(str(tmp_path))
    assert manifest.done == {}
    found = work.do(Work(served.url("0.warc.gz"), manifest.folder, work.ready(), None))
    manifest.note(found)
    manifest.note(Failure("a", "a: is not there"))
    manifest.write()
    again = Manifest(str(tmp_path))
    assert again.done == {line.part: replace(line, seconds=None)}
    assert again.failed == {"a": Failure("a", "a: is not there")}


def test_a_dry_run_estimates_from_beginnings_and_then_from_parts(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.warc.gz").write_bytes(held(number))
    given = [str(path) for path in sorted(tmp_path.glob("*.warc.gz"))]
    out = tmp_path / "out"
    size = sum(os.path.getsize(path) for path in given)
    told = json.loads(_call(*given, "--out", str(out), "--dry-run", "--json", "--workers", "2").stdout)
    assert not out.exists()
    assert (told["warcs"], told["left"], told["bytes"]) == (4, 4, size)
    assert (told["pages"], told["embeds"]) == (64, 24)
    assert told["core_hours"] == pytest.approx(2 * told["hours"])
    assert told["part_bytes"] > 0
    assert told["basis"] == "the first 32 MB of 3 files"
    manifest = Manifest(str(out))
    for path in given[:2]:
        manifest.note(made(path, out / "parts")[0])
    manifest.write()
    told = json.loads(_call(*given, "--out", str(out), "--dry-run", "--json").stdout)
    assert (told["left"], told["embeds"], told["basis"]) == (2, 12, "2 parts that are done")
    text = _call(*given, "--out", str(out), "--dry-run").stdout.splitlines()
    assert text[0].startswith("2 of 4 WARC files left: ")
    assert text[3] == "by 2 parts that are done"


def test_a_scheduler_that_does_not_answer_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(held(1))
    done = _call(str(tmp_path / "a.warc.gz"), "--out", str(tmp_path / "out"), "--scheduler", "gopher://nowhere")
    assert done.exit_code == 1
    assert "gopher://nowhere: is no scheduler that answers" in done.stderr
    assert not (tmp_path / "out" / "parts").exists()


@pytest.mark.parametrize("wrong", [[], ["a.warc", "--retry"], ["a.warc", "--workers", "0"]], ids=str)
def test_wrong_usage_exits_with_2(wrong: list[str], tmp_path: Path) -> None:
    done = _call(*wrong, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_an_extra_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "archiver.cluster.crawl")
    done = _call("a.warc", "--out", str(tmp_path))
    assert done.exit_code == 1
    assert "archiver crawl needs distributed, which is not installed" in done.stderr
    assert "pip install 'social-post-archiver[cluster]'" in done.stderr


def _call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["crawl", *arguments], prog_name="archiver")


def test_parts_are_merged_by_the_command_and_add_nothing_again(tmp_path: Path) -> None:
    source = tmp_path / "a.warc.gz"
    source.write_bytes(held(1))
    made(source, tmp_path / "out" / "parts")
    db, told = tmp_path / "all.db", []
    for name in ("out", "out", "out/parts"):
        done = CliRunner().invoke(cli, ["merge", str(tmp_path / name), "--db", str(db), "--json"])
        assert done.exit_code == 0, done.output
        with closing(store.open_archive(db)) as archive:
            told.append((natural(archive), archive.execute("select count(*) from runs").fetchone()))
        assert json.loads(done.stdout)["embeds"] == (6 if len(told) == 1 else 0)
    assert told[0] == told[1] == told[2]
    broken = CliRunner().invoke(cli, ["merge", str(tmp_path / "out" / "none.parquet"), "--db", str(db)])
    assert (broken.exit_code, "failed" in broken.stderr) == (1, True)
