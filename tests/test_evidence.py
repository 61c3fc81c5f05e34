from __future__ import annotations

import base64
import errno
import gzip
import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from archiver.errors import ArchiveError, FetchError, TargetError, UnreadableError
from archiver.evidence import _cdxj, warcs
from archiver.model import Capture, Exchange, Failed, Unchanged
from tests.pages import WHEN

REQUEST = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>A page"
KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from archiver.evidence import warcs
from archiver.model import Exchange
writer = warcs.Writer(Path(sys.argv[1]))
answer = b"HTTP/1.1 200 OK\\r\\n\\r\\n"
for number in range(1_000_000):
    body = b"".join(b"%d %d;" % (number, n * number % 9973) for n in range(20_000))
    at = datetime.now(UTC)
    place = writer.write(Exchange(f"https://example.com/{number}", b"GET / HTTP/1.1\\r\\n\\r\\n", answer + body, at))
    if number % 3 == 0:
        writer.flush()
        print(place.file, place.offset, place.length, flush=True)
"""


def exchange(url: str = "https://example.com/", answer: bytes = ANSWER, **told: object) -> Exchange:
    return replace(Exchange(url, REQUEST, answer, WHEN), **told)  # type: ignore[arg-type]


def capture(*exchanges: Exchange, **told: object) -> Capture:
    known = Capture("https://example.com/", b"<p>A page", "text/html", "web", WHEN, exchanges=exchanges)
    return replace(known, **told)  # type: ignore[arg-type]


def records(path: Path) -> list[dict[str, str]]:
    """The headers of all records of a file, each read to its end by warcio, which checks its digests."""
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            body = record.raw_stream.read()
            headers = {name: value for name, value in record.rec_headers.headers}  # noqa: C416
            found.append(headers | {"body": body.decode("latin-1")})
    return found


def is_valid(path: Path, capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether `warcio check` finds nothing wrong."""
    checker = Checker(type("Command", (), {"inputs": [str(path)], "verbose": True})())
    checker.process_all()
    told = capsys.readouterr().out
    assert "digest pass" in told
    return checker.exit_value == 0


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    with warcs.Writer(tmp_path / "a.db") as writer:
        place = writer.write(exchange(ip="192.0.2.7", protocol="h2"))
    record = warcs.record_at(tmp_path / place.file, place.offset, place.length)
    assert (record.kind, record.url, record.at, record.status) == ("response", "https://example.com/", WHEN, 200)
    assert (record.block, record.body, record.header("content-type")) == (ANSWER, b"<p>A page", "text/html")
    assert (record.field("WARC-IP-Address"), record.field("WARC-Protocol")) == ("192.0.2.7", "h2")


def test_warcio_finds_an_answer_and_its_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with warcs.Writer(tmp_path / "a.db", "archive https://example.com/\r\nX: y") as writer:
        place = writer.write(
            exchange(answer=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")
        )
    info, answer, request = records(tmp_path / place.file)
    assert [r["WARC-Type"] for r in (info, answer, request)] == ["warcinfo", "response", "request"]
    assert request["WARC-Concurrent-To"] == answer["WARC-Record-ID"]
    assert answer["WARC-Date"] == request["WARC-Date"] == "2026-01-02T03:04:05Z"
    assert answer["WARC-Target-URI"] == request["WARC-Target-URI"] == "https://example.com/"
    assert answer["body"] == "1\r\na\r\n0\r\n\r\n"
    assert info["WARC-Filename"] == place.file
    assert "description: archive https://example.com/ X: y\r\n" in info["body"]
    assert is_valid(tmp_path / place.file, capsys)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    url=st.text(max_size=60).map("https://example.com/".__add__),
    head=st.lists(
        st.tuples(st.sampled_from(["Content-Type", "X-A", "Set-Cookie"]), st.text("abc;=/\xe9 \t", max_size=9))
    ),
    body=st.binary(max_size=2000),
    at=st.datetimes(datetime(1991, 8, 6), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    ip=st.none() | st.ip_addresses().map(str),
)
def test_any_exchange_is_read_back(
    tmp_path: Path, url: str, head: list[tuple[str, str]], body: bytes, at: datetime, ip: str | None
) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in head)
    answer = f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode("latin-1") + body
    with warcs.Writer(tmp_path / "a.db") as writer:
        place = writer.write(exchange(url, answer, at=at, ip=ip))
    record = warcs.record_at(tmp_path / place.file, place.offset, place.length)
    assert (record.block, record.body, record.url) == (answer, body, warcs.address(url))
    assert record.headers == tuple((name, value.strip()) for name, value in head)
    assert record.at is not None
    assert abs(record.at - at) < timedelta(milliseconds=1)
    _, told, request = records(tmp_path / place.file)
    assert (told["body"].encode("latin-1"), request["WARC-Target-URI"]) == (body, warcs.address(url))
    (tmp_path / place.file).unlink()


def test_an_address_or_a_note_cannot_add_lines_to_a_record(tmp_path: Path) -> None:
    with warcs.Writer(tmp_path / "a.db", "a\r\n\r\nb") as writer:
        place = writer.write(exchange("https://example.com/\r\nWARC-Type: resource\r\n\r\n", ip="1.2.3.4\r\nX: y"))
    _, answer, _ = records(tmp_path / place.file)
    assert answer["WARC-Target-URI"] == "https://example.com/%0D%0AWARC-Type:%20resource%0D%0A%0D%0A"
    assert "X" not in answer


def test_passwords_and_cookies_are_left_out(tmp_path: Path) -> None:
    request = b"GET / HTTP/1.1\r\nHost: example.com\r\nAuthorization: Basic eDp5\r\ncookie: id=7\r\nAccept: */*\r\n\r\n"
    with warcs.Writer(tmp_path / "a.db") as writer:
        place = writer.write(exchange("https://ann:secret@example.com/a", request=request))
    data = gzip.decompress((tmp_path / place.file).read_bytes())
    assert b"WARC-Target-URI: https://example.com/a\r\n" in data
    assert b"Authorization: (left out)\r\ncookie: (left out)\r\nAccept: */*\r\n\r\n" in data
    assert not any(secret in data for secret in (b"secret", b"eDp5", b"id=7"))


def test_an_unchanged_page_is_a_revisit_of_what_was_captured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"
    same = Unchanged("https://example.com/", WHEN, exchanges=(exchange(answer=answer),))
    with warcs.Writer(tmp_path / "a.db") as writer:
        known = writer.keep(same, earlier_at=WHEN - timedelta(days=1))
        again = writer.keep(replace(same, exchanges=(exchange("https://example.com/b", answer),)))
    assert known.exchanges == again.exchanges == ()
    assert known.warc_file is not None
    _, revisit, _, response, _ = records(tmp_path / known.warc_file)
    assert (revisit["WARC-Type"], response["WARC-Type"]) == ("revisit", "response")
    assert revisit["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert revisit["WARC-Refers-To-Date"] == "2026-01-01T03:04:05Z"
    assert revisit["WARC-Refers-To-Target-URI"] == "https://example.com/"
    assert is_valid(tmp_path / known.warc_file, capsys)
    assert warcs.record_at(tmp_path / known.warc_file, known.warc_offset or 0, known.warc_length or 0).status == 304


def test_redirects_are_kept_and_the_last_answer_is_named(tmp_path: Path) -> None:
    moved = exchange("http://example.com/", b"HTTP/1.1 301 Moved\r\nLocation: https://example.com/\r\n\r\n")
    with warcs.Writer(tmp_path / "a.db") as writer:
        kept = writer.keep(capture(moved, exchange()))
    assert kept.warc_file is not None
    assert [r["WARC-Type"] for r in records(tmp_path / kept.warc_file)[1:]] == ["response", "request"] * 2
    record = warcs.record_at(tmp_path / kept.warc_file, kept.warc_offset or 0, kept.warc_length or 0)
    assert (record.url, record.status) == ("https://example.com/", 200)


def test_captures_of_one_exchange_share_its_record(tmp_path: Path) -> None:
    received = capture(exchange())
    with warcs.Writer(tmp_path / "a.db") as writer:
        first, second = writer.keep(received), writer.keep(replace(received, target="https://example.com/#2"))
        other = writer.keep(capture(exchange(at=WHEN + timedelta(seconds=1))))
    assert first.warc_offset == second.warc_offset != other.warc_offset


def test_a_failure_keeps_what_was_answered(tmp_path: Path) -> None:
    gone = exchange(answer=b"HTTP/1.1 404 Not Found\r\n\r\ngone")
    silent = exchange("https://example.com/silent", b"")
    with warcs.Writer(tmp_path / "a.db") as writer:
        failed = writer.keep(Failed("https://example.com/", FetchError("a", "b"), WHEN, exchanges=(gone,)))
        unanswered = writer.keep(Failed("https://example.com/", FetchError("a", "b"), WHEN, exchanges=(silent,)))
        refused = writer.keep(Failed("https://example.com/", FetchError("a", "b"), WHEN))
    assert failed.warc_file is not None
    assert warcs.record_at(tmp_path / failed.warc_file, failed.warc_offset or 0, failed.warc_length or 0).status == 404
    record = warcs.record_at(tmp_path / failed.warc_file, unanswered.warc_offset or 0, unanswered.warc_length or 0)
    assert (record.kind, record.field("WARC-Concurrent-To")) == ("request", None)
    assert refused.warc_file is None


def test_standard_input_is_kept_and_files_where_wished(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stdin = capture(target="-", source="stdin", url=None)
    entry = capture(target="-#tag:1", source="feed", url="https://example.com/1", body=b"<p>An entry")
    file = capture(target="a b.html", source="file", url="file:///x/a%20b.html", body=b"<p>A file")
    read = replace(file, source="warc", warc_file="x.warc.gz", warc_offset=0, warc_length=9)
    with warcs.Writer(tmp_path / "a.db") as writer:
        kept = [writer.keep(each) for each in (stdin, entry, file, read)]
    assert kept[2:] == [file, read]
    assert kept[0].warc_file is not None
    _, first, second = records(tmp_path / kept[0].warc_file)
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"<p>A page").digest()).decode().rstrip("=")
    assert first["WARC-Target-URI"] == f"ni:///sha-256;{digest}"
    assert (first["WARC-Type"], first["Content-Type"], first["body"]) == ("resource", "text/html", "<p>A page")
    assert second["body"] == "<p>An entry"
    assert is_valid(tmp_path / kept[0].warc_file, capsys)
    with warcs.Writer(tmp_path / "b.db", keep_files=True) as writer:
        named = writer.keep(file)
    assert named.warc_file is not None
    record = warcs.record_at(tmp_path / named.warc_file, named.warc_offset or 0, named.warc_length or 0)
    assert (record.url, record.body, record.status) == ("file:///x/a%20b.html", b"<p>A file", None)


def test_the_dom_of_a_page_run_in_a_browser_is_kept_beside_its_answers(tmp_path: Path) -> None:
    with warcs.Writer(tmp_path / "a.db") as writer:
        kept = writer.keep(capture(exchange(), source="render", body=b"<p>built by script"))
    assert kept.warc_file is not None
    assert [r["WARC-Type"] for r in records(tmp_path / kept.warc_file)] == [
        "warcinfo",
        "response",
        "request",
        "resource",
    ]
    record = warcs.record_at(tmp_path / kept.warc_file, kept.warc_offset or 0, kept.warc_length or 0)
    assert record.body == b"<p>built by script"


def test_nothing_written_makes_no_file(tmp_path: Path) -> None:
    with warcs.Writer(tmp_path / "a.db") as writer:
        writer.flush()
    assert files(tmp_path) == []


def test_a_full_file_is_followed_by_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bodies = [os.urandom(3000) for _ in range(7)] + [os.urandom(30_000)]
    with warcs.Writer(tmp_path / "a.db", largest=10_000) as writer:
        places = [writer.write(exchange(answer=b"HTTP/1.1 200 OK\r\n\r\n" + body)) for body in bodies]
        names = list(dict.fromkeys(place.file for place in places))
        assert files(tmp_path) == sorted([*names, f"{names[-1]}.open"])
    assert [sum(place.file == name for place in places) for name in names] == [2, 2, 2, 1, 1]
    assert files(tmp_path) == sorted(names)
    for place, body in zip(places, bodies, strict=True):
        assert warcs.record_at(tmp_path / place.file, place.offset, place.length).body == body
    assert all(is_valid(tmp_path / name, capsys) for name in names)
    assert all((tmp_path / name).stat().st_size <= 10_000 for name in names[:-1])


def _write_many(db: Path, number: int) -> list[tuple[str, warcs.Written]]:
    with warcs.Writer(db, largest=20_000) as writer:
        urls = [f"https://example.com/{number}/{n}" for n in range(30)]
        return [(url, writer.write(exchange(url, ANSWER + os.urandom(2000)))) for url in urls]


def test_writers_at_once_have_files_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with get_context("spawn").Pool(2) as pool:
        written = pool.starmap(_write_many, [(tmp_path / "a.db", n) for n in range(4)])
    assert len({(place.file, place.offset) for places in written for _, place in places}) == 120
    for places in written:
        for url, place in places:
            assert warcs.record_at(tmp_path / place.file, place.offset, place.length).url == url
    assert all(is_valid(tmp_path / name, capsys) for name in files(tmp_path))


def test_a_file_that_is_being_written_is_not_repaired(tmp_path: Path) -> None:
    with warcs.Writer(tmp_path / "a.db") as writer:
        place = writer.write(exchange())
        with (tmp_path / place.file).open("ab") as file:
            file.write(b"half a record")
        assert warcs.repair(tmp_path / "a.db") == []
        assert (tmp_path / place.file).read_bytes().endswith(b"half a record")


@pytest.fixture
def killed(tmp_path: Path) -> list[tuple[str, int, int]]:
    """The places that a writer told as safe before it was killed while writing."""
    child = subprocess.Popen([sys.executable, "-c", KILLED, tmp_path / "a.db"], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = [child.stdout.readline() for _ in range(4)]
    time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    told += child.stdout.readlines()
    child.stdout.close()
    child.wait()
    return [(name, int(offset), int(length)) for name, offset, length in (line.split() for line in told)]


def test_what_a_killed_writer_left_is_repaired(
    tmp_path: Path, killed: list[tuple[str, int, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    name = killed[0][0]
    path = tmp_path / name
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(gzip.compress(b"WARC/1.1\r\n" + os.urandom(500))[:-9])  # as if killed in the middle of a write
    warcs.Writer(tmp_path / "a.db").close()
    assert path.stat().st_size <= whole
    assert files(tmp_path) == [name]
    assert is_valid(path, capsys)
    for _, offset, length in killed:
        assert warcs.record_at(path, offset, length).status == 200
    assert warcs.repair(tmp_path / "a.db") == []


@pytest.mark.parametrize("synced", ["", f"{10**9:020}", "nonsense", "00000000000000000000"])
@pytest.mark.parametrize("torn", [b"\x1f", b"\x1f\x8b\x08", b"\0" * 70_000, b"half"])
def test_a_torn_end_is_cut_off_whatever_the_companion_says(tmp_path: Path, synced: str, torn: bytes) -> None:
    with warcs.Writer(tmp_path / "a.db") as writer:
        place = writer.write(exchange(answer=ANSWER + os.urandom(100)))
    path = tmp_path / place.file
    data = path.read_bytes()
    path.write_bytes(data + torn)
    (tmp_path / f"{place.file}.open").write_text(synced)
    assert warcs.repair(tmp_path / "a.db") == [path]
    assert (path.read_bytes(), files(tmp_path)) == (data, [place.file])


def test_a_file_without_a_whole_record_is_removed(tmp_path: Path) -> None:
    torn = tmp_path / "a-20260102030405-00000.warc.gz"
    torn.write_bytes(gzip.compress(b"WARC/1.1")[:-3])
    (tmp_path / f"{torn.name}.open").touch()
    (tmp_path / "a-20260102030405-00001.warc.gz.open").touch()
    (tmp_path / "b-20260102030405-00001.warc.gz.open").touch()
    assert warcs.repair(tmp_path / "a.db") == [torn]
    assert files(tmp_path) == ["b-20260102030405-00001.warc.gz.open"]


def test_a_large_file_is_repaired_in_little_memory(tmp_path: Path) -> None:
    member = gzip.compress(b"WARC/1.1\r\n" + b"\0" * (64 << 20))
    path = tmp_path / "a-20260102030405-00000.warc.gz"
    path.write_bytes(member * 3 + member[:-1])
    (tmp_path / f"{path.name}.open").touch()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert warcs.repair(tmp_path / "a.db") == [path]
    assert path.stat().st_size == len(member) * 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # KiB


@contextmanager
def small_disk() -> Iterator[None]:
    """No file of this process may grow beyond 20 kB, pytest's own log too: the system refuses as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_told_and_leaves_whole_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = r"a-\d{14}-00000.warc.gz: cannot be written: File too large \(make room"
    with small_disk(), warcs.Writer(tmp_path / "a.db") as writer:
        place = writer.write(exchange())
        with pytest.raises(ArchiveError, match=told):
            writer.write(exchange(answer=ANSWER + os.urandom(30_000)))
        after = writer.write(exchange("https://example.com/small"))
    assert after.file == place.file
    assert len(records(tmp_path / place.file)) == 5
    assert is_valid(tmp_path / place.file, capsys)


def test_a_disk_that_takes_no_record_at_all_leaves_no_file(tmp_path: Path) -> None:
    writer = warcs.Writer(tmp_path / "a.db", note=os.urandom(30_000).hex())
    with small_disk(), pytest.raises(ArchiveError, match="cannot be written"):
        writer.write(exchange())
    assert files(tmp_path) == []


def test_a_write_in_pieces_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with warcs.Writer(tmp_path / "a.db") as writer:
        place = writer.write(exchange())
        written, pieces = os.write, iter([5, 7, OSError(errno.ENOSPC, "No space left on device")])

        def in_pieces(descriptor: int, data: bytes) -> int:
            step = next(pieces, len(data))
            if isinstance(step, OSError):
                raise step
            return written(descriptor, data[:step])

        monkeypatch.setattr(os, "write", in_pieces)
        with pytest.raises(ArchiveError, match="No space left"):
            writer.write(exchange("https://example.com/2"))
        monkeypatch.undo()
        third = writer.write(exchange("https://example.com/3"))
    assert [r.get("WARC-Target-URI") for r in records(tmp_path / place.file)[1::2]] == [
        "https://example.com/",
        "https://example.com/3",
    ]
    assert warcs.record_at(tmp_path / third.file, third.offset, third.length).url == "https://example.com/3"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="nowhere: cannot be written: No such file"):
        warcs.Writer(tmp_path / "nowhere" / "a.db")


def test_every_flipped_byte_is_seen(tmp_path: Path) -> None:
    with warcs.Writer(tmp_path / "a.db") as writer:
        place = writer.write(exchange(answer=ANSWER + os.urandom(40)))
    path = tmp_path / place.file
    data = bytearray(path.read_bytes())
    known = warcs.record_at(path, place.offset, place.length)
    unseen = []
    for at in range(place.offset, place.offset + place.length):
        data[at] ^= 0x20
        path.write_bytes(data)
        data[at] ^= 0x20
        try:
            assert warcs.record_at(path, place.offset, place.length) == known
        except UnreadableError:
            continue
        unseen.append(at - place.offset)
    # of the gzip header its time, level and system, of its data the bits that fill the last byte, say nothing
    assert set(unseen) <= {*range(4, 10), place.length - 9}


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    with warcs.Writer(tmp_path / "a.db") as writer:
        place = writer.write(exchange())
    path = tmp_path / place.file
    for offset, length, wrong in (
        (place.offset + 1, place.length, "is no record"),
        (place.offset, place.length - 1, "is cut short"),
        (place.offset, 10**9, "the file ends before"),
        (-1, 10, "cannot be read"),
        (10**30, 10, "cannot be read"),
    ):
        with pytest.raises(UnreadableError, match=wrong):
            warcs.record_at(path, offset, length)
    with pytest.raises(TargetError, match="no such file"):
        warcs.record_at(tmp_path / "b.warc.gz", 0, 10)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_bytes_of_any_kind_are_a_record_or_refused(tmp_path: Path, data: bytes, is_packed: bool) -> None:
    path = tmp_path / "a.warc"
    whole = b"WARC/1.0\r\nContent-Length: 4\r\n" + data
    path.write_bytes(gzip.compress(whole) if is_packed else whole)
    told = ""
    try:
        record = warcs.record_at(path, 0, path.stat().st_size)
    except UnreadableError as error:
        told = str(error)
    assert str(path) in told if told else len(record.block) == 4


def test_a_body_below_a_head_of_bare_line_feeds_is_read_back(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n<p>above\r\n\r\nbelow"
    with warcs.Writer(tmp_path / "a.db") as writer:
        place = writer.write(Exchange("http://a.example/", b"GET / HTTP/1.1\r\n\r\n", answer, WHEN))
    record = warcs.record_at(tmp_path / place.file, place.offset, place.length)
    assert (record.status, record.body) == (200, b"<p>above\r\n\r\nbelow")
    assert record.headers == (("Content-Type", "text/html"),)
    assert list(_cdxj.lines(tmp_path / place.file, (tmp_path / place.file).stat().st_size))


def test_a_long_header_of_an_answer_does_not_stop_the_index(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 200 OK\r\nETag: %b\r\nContent-Type: text/html; x\r\n\r\nwords" % (b"e" * 90_000)
    with warcs.Writer(tmp_path / "a.db") as writer:
        place = writer.write(Exchange("http://a.example/", b"GET / HTTP/1.1\r\n\r\n", answer, WHEN))
    (line,) = _cdxj.lines(tmp_path / place.file, (tmp_path / place.file).stat().st_size)
    assert '"mime": "text/html", "status": "200"' in line
