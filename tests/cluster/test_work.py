from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

import boto3
import pytest
from moto.server import ThreadedMotoServer

from archiver import store
from archiver.cluster import loading, parts, paths, stores, whole, work
from archiver.cluster._ranged import Ranged
from archiver.cluster.manifest import Failure, Line
from archiver.cluster.work import Work
from archiver.errors import TargetError, UnreadableError
from archiver.model import Failed
from archiver.pipeline import Run, keep
from tests.cluster.files import Served, capture_rows, failed, held, made, serving
from tests.tables import natural, problems

ROOT = Path(__file__).parents[2]
FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks so small that a file has several, and no pause before what failed is tried again."""
    monkeypatch.setattr(Ranged.__init__, "__defaults__", (4096, 0.0))


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket of a real S3 server on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    told = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setenv(name, value)
        with closing(boto3.client("s3")) as s3:
            s3.create_bucket(Bucket="crawls")
        yield "s3://crawls"
    server.stop()


@pytest.mark.usefixtures("quick")
def test_a_warc_on_the_web_is_read_by_ranges_as_it_is_on_a_disk(served: Served, tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(held(1, padding=20_000))
    served.files["a.warc.gz"] = (tmp_path / "a.warc.gz").read_bytes()
    served.asked.clear()
    _, local = made(tmp_path / "a.warc.gz", tmp_path / "local")
    line, remote = made(served.url("a.warc.gz"), tmp_path / "remote")
    assert line.facts.source_mark is not None
    assert len(served.asked) > 5
    assert [(a.page, a.capture.warc_offset, a.capture.sha256) for a in parts.outcomes(str(remote))] == [
        (a.page, a.capture.warc_offset, a.capture.sha256) for a in parts.outcomes(str(local))
    ]
    assert {a.capture.warc_file for a in parts.outcomes(str(remote))} == {served.url("a.warc.gz")}


@pytest.mark.usefixtures("quick")
def test_a_connection_that_breaks_off_is_taken_up_again(served: Served, tmp_path: Path) -> None:
    served.files["b.warc.gz"] = held(2, padding=20_000)
    before = made(served.url("b.warc.gz"), tmp_path / "whole")[1].read_bytes()
    broken = [b"", b"short", b"shorter"]
    served.before = lambda _, start, __: broken.pop() if start > 8000 and broken else None
    _, part = made(served.url("b.warc.gz"), tmp_path / "broken")
    assert (part.read_bytes(), broken) == (before, [])


@pytest.mark.usefixtures("quick")
def test_a_server_that_gives_less_than_all_makes_no_part(served: Served, tmp_path: Path) -> None:
    served.files["c.warc.gz"] = held(3, padding=20_000)
    served.before = lambda _, start, __: b"too little" if start > 8000 else None
    failure = failed(served.url("c.warc.gz"), tmp_path)
    assert failure.is_passing
    assert "broke off at byte 8192 of" in failure.error
    assert "(archiver crawl --retry)" in failure.error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("quick")
def test_a_server_without_ranges_makes_no_part_of_several_blocks(served: Served, tmp_path: Path) -> None:
    served.files["d.warc.gz"] = held(4, padding=20_000)
    served.before, served.by_ranges = lambda *_: None, False
    failure = failed(served.url("d.warc.gz"), tmp_path)
    served.by_ranges = True
    assert "support range requests" in failure.error
    assert list(tmp_path.iterdir()) == []


def test_a_warc_that_changes_while_it_is_read_makes_no_part(served: Served, tmp_path: Path) -> None:
    one, other = held(5), held(6)

    def change(_: str, __: int, ___: int) -> bytes:
        served.files["e.warc.gz"] = other
        return one

    served.files["e.warc.gz"], served.before = one, change
    failure = failed(served.url("e.warc.gz"), tmp_path)
    assert "was changed while it was read" in failure.error
    assert list(tmp_path.iterdir()) == []
    served.before = lambda *_: None


def test_what_is_no_warc_or_not_there_says_so(served: Served, tmp_path: Path) -> None:
    served.files["page.warc.gz"] = b"<html>"
    (tmp_path / "empty.warc").touch()
    assert failed(served.url("page.warc.gz"), tmp_path).error.endswith("page.warc.gz: is no WARC file")
    assert failed(served.url("none.warc.gz"), tmp_path).error.endswith("none.warc.gz: is not there")
    assert failed(tmp_path / "none.warc", tmp_path).error.endswith("none.warc: is not there")
    assert failed(tmp_path / "empty.warc", tmp_path).error.endswith("empty.warc: is empty")
    assert "cannot be written: it is on the web" in failed(served.url("page.warc.gz"), served.address).error
    assert list(tmp_path.iterdir()) == [tmp_path / "empty.warc"]


def test_a_server_that_is_busy_or_gone_is_a_passing_trouble(served: Served, tmp_path: Path) -> None:
    served.files["f.warc.gz"], served.head = held(1), lambda _: 503
    busy = failed(served.url("f.warc.gz"), tmp_path)
    served.head = lambda _: None
    assert busy.is_passing
    assert "cannot be read: ClientResponseError 503" in busy.error
    with serving() as other:
        address = other.url("f.warc.gz")
    gone = failed(address, tmp_path)
    assert gone.is_passing
    assert "cannot be read: ClientConnectorError" in gone.error


def test_an_object_store_is_source_and_target(bucket: str, tmp_path: Path) -> None:
    data = held(7)
    (tmp_path / "a.warc.gz").write_bytes(data)
    with closing(boto3.client("s3")) as s3:
        s3.put_object(Bucket="crawls", Key="warcs/a.warc.gz", Body=data)
        source = f"{bucket}/warcs/a.warc.gz"
        assert paths.listed([f"{bucket}/warcs/*.warc.gz"]) == [source]
        line = work.do(Work(source, f"{bucket}/out/parts", work.ready()))
        assert isinstance(line, Line), line
        body = s3.get_object(Bucket="crawls", Key=f"out/parts/{line.part}")["Body"].read()
        assert len(body) == line.bytes
        assert work.do(Work(source, f"{bucket}/out/parts", work.ready(), line)) is line
        found = work.do(Work(source, f"{bucket}/out/parts", work.ready()))
        assert found == replace(line, seconds=None)
        s3.put_object(Bucket="crawls", Key=f"out/parts/{line.part}", Body=body[:-20])
        again = work.do(Work(source, f"{bucket}/out/parts", work.ready(), line))
        assert isinstance(again, Line)
        assert again.sha256 == line.sha256
    _, local = made(tmp_path / "a.warc.gz", tmp_path / "out")
    (name,) = parts.listed(f"{bucket}/out")
    assert [a.page for a in parts.outcomes(name)] == [a.page for a in parts.outcomes(str(local))]


def test_a_store_that_takes_nothing_is_told(bucket: str, tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(held(8))
    failure = failed(tmp_path / "a.warc.gz", f"{bucket}-of-nobody/out")
    assert "-of-nobody/out/" in failure.error
    assert "cannot be written" in failure.error or "is not there" in failure.error


def test_a_part_that_is_there_is_not_made_again_unless_its_warc_or_the_program_changed(tmp_path: Path) -> None:
    source = tmp_path / "a.warc.gz"
    source.write_bytes(held(9))
    line, part = made(source, tmp_path / "out")
    task = Work(str(source), str(tmp_path / "out"), work.ready(), line)
    assert work.do(task) is line
    assert work.do(replace(task, known=None)) == replace(line, seconds=None)
    part.unlink()
    again = work.do(task)
    assert (again, again is line) == (replace(line, seconds=getattr(again, "seconds", None)), False)
    source.write_bytes(held(10))
    other = work.do(task)
    assert isinstance(other, Line)
    assert other.sha256 != line.sha256
    refused = work.do(replace(task, version="0.0.1"))
    assert isinstance(refused, Failure)
    assert "needs archiver 0.0.1, the worker has" in refused.error


def test_a_disk_that_fills_up_leaves_no_part_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(held(11, pages=300))
    code = f"""
import resource
from archiver.cluster import work
resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
print(work.do(work.Work({str(tmp_path / "a.warc.gz")!r}, {str(tmp_path / "out")!r}, work.ready())).error)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "cannot be written: File too large (make room, and run the same command again)\n" in done.stdout
    assert done.stderr == ""
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
def test_a_sink_that_took_not_all_says_so_however_often_it_is_written_to() -> None:
    with FULL.open("wb", buffering=0) as file:
        sink = whole.Sink(cast("BinaryIO", file), "the part")
        assert sink.write(b"abc") == sink.write(b"def") == 3
        with pytest.raises(TargetError, match="the part: cannot be written: No space left on device"):
            sink.check()


def test_what_a_killed_writer_left_is_swept_up_and_nothing_else(tmp_path: Path) -> None:
    for name in (".a.parquet.0123.tmp", "a.parquet", ".hidden"):
        (tmp_path / name).touch()
    stores.sweep(str(tmp_path))
    assert stores.names(str(tmp_path)) == [".hidden", "a.parquet"]
    assert stores.names(str(tmp_path / "nowhere")) == []


def test_lists_of_warc_files_are_read_as_common_crawl_writes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    listed = "crawl-data/CC-MAIN-2024-10/warc/a.warc.gz\ncrawl-data/CC-MAIN-2024-10/warc/b.warc.gz\n\n# end\n"
    (tmp_path / "warc.paths.gz").write_bytes(gzip.compress(listed.encode()))
    (tmp_path / "own.txt").write_text("c.warc\n/elsewhere/d.warc.gz\ns3://bucket/e.warc.zst\nc.warc\n")
    base = "crawl-data/CC-MAIN-2024-10/warc"
    assert paths.listed(["warc.paths.gz"]) == [f"{paths.COMMON_CRAWL}{base}/{name}.warc.gz" for name in "ab"]
    assert paths.listed(["warc.paths.gz"], "s3://commoncrawl/")[0] == f"s3://commoncrawl/{base}/a.warc.gz"
    own = [str(tmp_path / "c.warc"), "/elsewhere/d.warc.gz", "s3://bucket/e.warc.zst"]
    assert paths.listed(["own.txt", "c.warc"]) == own
    for wrong, why in (("page.html\n", "names no WARC file: page.html"), ("\xff.warc", "is no list of WARC files")):
        (tmp_path / "wrong.txt").write_bytes(wrong.encode("latin-1"))
        with pytest.raises(UnreadableError, match=why):
            paths.listed(["wrong.txt"])
    with pytest.raises(TargetError, match="holds a password"):
        paths.listed(["https://me:secret@example.com/a.warc.gz"])
    with pytest.raises(TargetError, match="is of an unknown kind: gopher"):
        paths.listed(["gopher://example.com/a.warc.gz"])


def test_merging_the_same_parts_in_another_order_and_twice_makes_the_same_archive(tmp_path: Path) -> None:
    names = []
    for number in range(3):
        (tmp_path / f"{number}.warc.gz").write_bytes(held(number, pages=4 + number))
        names.append(str(made(tmp_path / f"{number}.warc.gz", tmp_path / "parts")[1]))
    found = []
    for at, given in enumerate((names, names[::-1], [str(tmp_path)], [*names[1:], *names])):
        with closing(store.open_archive(tmp_path / f"{at}.db")) as archive:
            merged = [list(keep(loading.missing(archive, given), Run(archive, ["merge"]))) for _ in range(2)]
            assert [len(each) for each in merged] == [4 + 5 + 6, 0]
            assert problems(archive) == []
            found.append((natural(archive), capture_rows(archive)))
    with closing(store.open_archive(tmp_path / "one by one.db")) as archive:
        for name in [*names[::-1], *names]:
            list(keep(loading.missing(archive, [name]), Run(archive, ["merge"])))
        found.append((natural(archive), capture_rows(archive)))
    assert all(each == found[0] for each in found)


def test_a_part_that_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(held(1))
    _, part = made(tmp_path / "a.warc.gz", tmp_path / "parts")
    (tmp_path / "parts" / "a-cut.parquet").write_bytes(part.read_bytes()[:-1])
    with closing(store.open_archive(tmp_path / "a.db")) as archive:
        run = Run(archive, ["merge"])
        told = list(keep(loading.missing(archive, [str(tmp_path), str(tmp_path / "nothing")]), run))
        assert [each.target for each in told if isinstance(each, Failed)] == [
            str(tmp_path / "nothing"),
            str(tmp_path / "parts" / "a-cut.parquet"),
        ]
        assert (run.counts.pages, run.counts.failures) == (6, 2)
