"""Runs that are ended from outside go on with the rest, and lose nothing; what failed is tried again."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from warcio.checker import Checker

from archiver.evidence import warcs
from tests.site import Site, serving

HOSTS = [f"127.0.1.{n}" for n in range(1, 51)]
PAGES = 300
KILLS = 10
PAGE = 0.3  # seconds that a page takes: twenty at once, sixty a second
BATCH, AT_ONCE = 100, 20
# What one end from outside costs at most: a batch that is not stored yet, as many results that wait, and as many
# requests again that wait to be read or are under way.
NEEDLESS = BATCH + 3 * AT_ONCE


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(HOSTS) as site:
        yield site


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "news.db"


def argv(db: Path, *more: str) -> list[str]:
    command, *options = more
    return [sys.executable, "-W", "error", "-m", "archiver", command, "--db", str(db), *options]


def archive(db: Path, *more: str) -> list[str]:
    fetching = ("--urls", str(db.with_suffix(".csv")), "--allow-private", "--delay", "0")
    return argv(db, "archive", *fetching, *more)


def call(argv: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)


def verified(db: Path) -> str:
    done = call(argv(db, "verify"))
    return done.stdout + done.stderr


def rows(db: Path, sql: str) -> list[tuple[object, ...]]:
    """What a question is answered with; nothing by an archive that is not made yet."""
    with closing(sqlite3.connect(db, timeout=60)) as connection:
        if not connection.execute("select 1 from sqlite_schema where name = 'captures'").fetchone():
            return []
        return connection.execute(sql).fetchall()


def stored(db: Path) -> set[str]:
    """The addresses of which the archive has a row."""
    return {str(target) for (target,) in rows(db, "select target from captures")}


def list_of(site: Site, db: Path) -> list[str]:
    """The addresses of all pages, six of each host, in a table with other columns."""
    urls = [site.url(f"/conditional/{n}?seconds={PAGE}", HOSTS[n % len(HOSTS)]) for n in range(PAGES)]
    lines = ["Outlet,Link,Note", *(f'Outlet {n},{url},"read, later"' for n, url in enumerate(urls))]
    db.with_suffix(".csv").write_text("\n".join(lines), encoding="utf-8")
    return urls


@contextmanager
def running(argv: list[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until_asked(site: Site, process: subprocess.Popen[str], wanted: int) -> None:
    end = time.monotonic() + 60
    while len(site.paths()) < wanted and process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)


def tear(folder: Path) -> bool:
    """Leaves half a record at the end of each file that a killed process was writing; whether there is one."""
    torn = [path.with_suffix("") for path in folder.glob("*.warc.gz.open") if path.with_suffix("").exists()]
    for path in torn:
        data = path.read_bytes()
        path.write_bytes(data + data[:150])
    return bool(torn)


def is_valid(path: Path, capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether `warcio check` finds nothing wrong, and a digest in each record."""
    checker = Checker(type("Command", (), {"inputs": [str(path)], "verbose": True})())
    checker.process_all()
    told = capsys.readouterr().out
    return checker.exit_value == 0 and "WARC-Record-ID" in told and "no digest" not in told


def test_ten_kills_and_ctrl_c_lose_no_page_and_store_none_twice(
    site: Site, db: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    urls, dice, torn = list_of(site, db), random.Random(4), 0  # noqa: S311  moments to choose, no secret
    for number in range(KILLS + 1):
        sent, before, known = (signal.SIGINT if number == 5 else signal.SIGKILL), len(site.log), stored(db)
        with running(archive(db, "--resume")) as process:
            if number in (0, 3) and sent == signal.SIGKILL:
                time.sleep(dice.uniform(0, 0.8))  # while it begins: imports, the database
            else:
                left = len(urls) - len(known) - 2 * AT_ONCE  # so that there is always a rest
                until_asked(site, process, len(site.paths()) + dice.randrange(1, max(2, min(80, left // 2))))
                time.sleep(dice.uniform(0, 0.05))
            if sent == signal.SIGINT:
                os.killpg(process.pid, sent)  # as a terminal does: all of its processes get it
            else:
                process.send_signal(sent)
            _, told = process.communicate(timeout=30)
        assert process.returncode == (130 if sent == signal.SIGINT else -signal.SIGKILL), told
        if sent == signal.SIGINT:  # a process that is being begun when its parent is killed cannot but complain
            assert "Traceback" not in told
            assert "interrupted; what was stored so far is kept, and --resume goes on with the rest" in told
        elif number % 2:
            torn += tear(db.parent)
        fetched = [site.url(f"{a.path}?seconds={PAGE}", a.host) for a in site.log[before:] if a.path != "/robots.txt"]
        assert len(fetched) == len(set(fetched)), "asked for twice in one run"
        assert known.isdisjoint(fetched), "asked for though it was stored"
        assert len(set(fetched) - stored(db)) <= NEEDLESS
    assert torn

    done = call(archive(db, "--resume"))
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert rows(db, "select count(*), count(distinct url) from pages") == [(PAGES, PAGES)]
    captures = rows(
        db, "select target, count(*), sum(outcome = 'read'), sum(warc_file is null) from captures group by 1"
    )
    assert captures == sorted((url, 1, 1, 0) for url in urls)
    assert rows(db, "select count(*) from embeds") == rows(db, "select count(distinct key) from posts") == [(PAGES,)]
    texts = {text for (text,) in rows(db, "select text from posts")}
    assert texts == {f"Post of /conditional/{n}" for n in range(PAGES)}
    assert rows(db, "select outcome from runs where id = (select max(id) from runs)") == [("done",)]
    assert rows(db, "pragma integrity_check") == [("ok",)]

    assert not list(db.parent.glob("*.open"))
    files = sorted(db.parent.glob("news-*.warc.gz"))
    assert len(files) >= 3
    for path in files:
        assert is_valid(path, capsys), path
    for file, offset, length, final_url in rows(
        db, "select warc_file, warc_offset, warc_length, final_url from captures"
    ):
        record = warcs.record_at(db.parent / str(file), int(str(offset)), int(str(length)))
        assert (record.kind, record.url, record.status) == ("response", final_url, 200)
    assert verified(db) == f"{PAGES} captures in {db} read back: nothing differs\n"

    nothing_more(site, db)


def nothing_more(site: Site, db: Path) -> None:
    """All of it a second time: each server says that its page is as it was, and rows of captures are all that grows."""
    tables = ("pages", "posts", "embeds", "authors", "outlets", "sightings")
    known = {name for (name,) in rows(db, "select name from sqlite_schema where type = 'table'")}
    sizes = {name: rows(db, f"select count(*) from {name}") for name in tables if name in known}
    before = len(site.log)
    done = call(archive(db, "--json"))
    assert (done.returncode, json.loads(done.stdout)["unchanged"]) == (0, PAGES)
    asked = [a for a in site.log[before:] if a.path != "/robots.txt"]
    assert len(asked) == PAGES
    assert all("if-none-match" in a.headers for a in asked)
    last = rows(
        db, "select outcome, status, count(*) from captures where run_id = (select max(id) from runs) group by 1"
    )
    assert last == [("unchanged", 304, PAGES)]
    assert {name: rows(db, f"select count(*) from {name}") for name in sizes} == sizes
    assert verified(db) == f"{2 * PAGES} captures in {db} read back: nothing differs\n"


def test_what_failed_is_listed_and_tried_again(site: Site, db: Path) -> None:
    later = [site.url(f"/flaky/{status}?times=1", host) for host, status in zip(HOSTS, (404, 403, 404), strict=False)]
    never, unreadable, good = (site.url(path, HOSTS[3]) for path in ("/status/410", "/type/image/png", "/page/1"))
    closed = "http://127.0.1.1:9/"
    failing = [*later, never, unreadable, closed]
    db.with_suffix(".csv").write_text("\n".join(["url", *failing, good, "no address"]), encoding="utf-8")
    line = f"{db.with_suffix('.csv')}#{len(failing) + 3}"
    done = call(archive(db))
    assert done.returncode == 1
    assert "1 page with 1 embed" in done.stdout
    assert f"7 targets failed: archiver failures --db {db}" in done.stdout

    listed = call(argv(db, "failures", "--json"))
    failures = {f["target"]: f for f in map(json.loads, listed.stdout.splitlines())}
    assert (listed.returncode, set(failures)) == (0, {*failing, line})
    assert [failures[url]["status"] for url in failing] == [404, 403, 404, 410, None, None]
    told = call(argv(db, "failures")).stdout
    assert f"{never}: answered 410" in told
    assert "Connection refused" in told

    retry = argv(db, "retry", "--allow-private", "--delay", "0", "--json")
    before = len(site.paths())
    done = call([*retry, "--status", "404"])
    assert (done.returncode, json.loads(done.stdout)["pages"], len(site.paths()) - before) == (0, 2, 2)
    done = call(retry)
    assert (done.returncode, json.loads(done.stdout)["pages"], json.loads(done.stdout)["failures"]) == (1, 1, 3)
    assert f"left    {line}: has no address of its own" in done.stderr
    left = {
        f["target"]: f["attempts"] for f in map(json.loads, call(argv(db, "failures", "--json")).stdout.splitlines())
    }
    assert left == dict.fromkeys((never, unreadable, closed), 2) | {line: 1}
    assert call([*retry[:-1], "--status", "404"]).stdout == f"nothing to try again in {db}\n"
    assert rows(db, "select count(*) from pages") == [(4,)]
    assert "nothing differs" in verified(db)
