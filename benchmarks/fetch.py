"""Pages a second of the whole archive, as a ratio to httpx alone."""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # instead of this folder, where profile.py would hide the standard library's

import httpx  # noqa: E402

from archiver import pipeline, store  # noqa: E402
from archiver.evidence import warcs  # noqa: E402
from archiver.model import Archived  # noqa: E402
from archiver.sources import Settings, web  # noqa: E402

PAGES, HOSTS, SIZE = 500, 50, 141_000  # bytes, as the pages of newspapers have on average
BAR = 0.5
_POST = """<blockquote class="twitter-tweet"><p lang="en" dir="ltr">Words of post {0} #tag</p>&mdash; Some One
(@someone) <a href="https://twitter.com/someone/status/{0}">January 2, 2020</a></blockquote>"""
_PARAGRAPH = (
    "<p>Paragraph {0} of an article, " + "which goes on for a while, " * 10 + "with <a href='/{0}'>a link</a>.</p>\n"
)
_ITEM = '<li class="menu-item menu-item-{0}"><a href="/section/{0}" data-track="menu {0}">Section {0}</a></li>\n'
_RULE = ".article-body .part-{0} > p {{ margin: 0 0 {0}px; font-size: 1.{0}rem }}\n"
_CALL = "window.queue.push({{id: {0}, kind: 'slot', sizes: [[300, {0}], [728, 90]], path: '/network/news/{0}'}});\n"


def main() -> None:
    """Lets the ways take turns on the same pages, and prints the medians; exit code 1 where the bar is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--at-once", type=int, default=20)
    options.add_argument("--posts", type=int, default=1, help="one page in so many holds a post")
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        asyncio.run(_serve(chosen.posts))
        return
    command = [sys.executable, __file__, "--serve", f"--posts={chosen.posts}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        urls = [f"http://127.0.1.{n % HOSTS + 1}:{port}/page/{n}" for n in range(PAGES)]
        try:
            reached = _compared(urls, chosen.rounds, chosen.at_once)
        finally:
            server.kill()
    sys.exit(not reached)


def _compared(urls: list[str], rounds: int, at_once: int) -> bool:
    settings = Settings(allow_private=True, delay=0.0, at_once=at_once)
    ways = {
        "httpx alone": lambda: asyncio.run(_alone(urls, at_once)),
        "fetch": lambda: _fetched(urls, settings),
        "archive, no WARC": lambda: _archived(urls, settings, keeps=False),
        "archive": lambda: _archived(urls, settings, keeps=True),
        "archive, 2 jobs": lambda: _archived(urls, settings, keeps=True, jobs=2),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    cpu = dict.fromkeys(ways, 0.0)
    for _ in range(rounds):
        for name, way in ways.items():
            started, used = time.perf_counter(), time.process_time()
            assert way() == len(urls), name
            seconds[name].append(time.perf_counter() - started)
            cpu[name] += (time.process_time() - used) / len(urls) / rounds
    alone = median(seconds["httpx alone"])
    for name, took in seconds.items():
        speed, ratio = len(urls) / median(took), alone / median(took)
        print(f"{name:18}{speed:7.0f} pages/s {cpu[name] * 1e6:6.0f} us CPU a page   ratio {ratio:.2f}")
    ratio = alone / min(median(seconds[name]) for name in ("archive", "archive, 2 jobs"))
    print(f"bar {BAR}: {'reached' if ratio >= BAR else 'missed'}")
    return ratio >= BAR


async def _alone(urls: list[str], at_once: int) -> int:
    """How many pages httpx fetches, so many at once, as its documentation says."""
    slots = asyncio.Semaphore(at_once)

    async def one(client: httpx.AsyncClient, url: str) -> bool:
        async with slots:
            return len((await client.get(url)).content) >= SIZE

    async with httpx.AsyncClient(trust_env=False) as client:
        return sum(await asyncio.gather(*(one(client, url) for url in urls)))


def _fetched(urls: list[str], settings: Settings) -> int:
    return sum(len(outcome.body) >= SIZE for outcome in web.fetch(urls, settings))


def _archived(urls: list[str], settings: Settings, *, keeps: bool, jobs: int = 1) -> int:
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "archive.db"
        archive = store.open_archive(db)
        try:
            if not keeps:
                return _pages(pipeline.archive(urls, settings, pipeline.Run(archive, ["archive"])))
            with warcs.Writer(db) as writer:
                return _pages(pipeline.archive(urls, settings, pipeline.Run(archive, ["archive"], writer, jobs=jobs)))
        finally:
            archive.close()


def _pages(outcomes: Iterable[object]) -> int:
    return sum(isinstance(outcome, Archived) for outcome in outcomes)


async def _serve(posts: int) -> None:
    """Serves the pages, made before the first is asked for, on a port that it prints."""
    pages = {f"/page/{n}".encode(): _message(n, has_post=n % posts == 0) for n in range(PAGES)}
    loop, port = asyncio.get_running_loop(), 0
    for host in range(1, HOSTS + 1):
        server = await loop.create_server(lambda: _Connection(pages), f"127.0.1.{host}", port)
        port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    await asyncio.Event().wait()


def _message(number: int, *, has_post: bool = True) -> bytes:
    """An answer with a page of the usual parts: style, menu, prose with a post in the middle, scripts."""
    post = _POST.format(1_200_000_000_000_000_000 + number) if has_post else ""
    head = f"<title>Article {number}</title><style>{_many(_RULE, 300)}</style>"
    prose = _many(_PARAGRAPH, 20) + post + _many(_PARAGRAPH, 20)
    scripts = f"<script>{_many(_CALL, 1000)}"[: SIZE - len(head) - len(prose) - 18_000] + "</script>"
    html = f"<!doctype html><html lang=en><head>{head}</head><body><ul>{_many(_ITEM, 150)}</ul>{prose}{scripts}"
    body = html.encode().ljust(SIZE)
    told = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
    return told % len(body) + body


def _many(part: str, count: int) -> str:
    return "".join(part.format(number) for number in range(count))


class _Connection(asyncio.Protocol):
    """Answers without waiting, so that the server is not what is measured."""

    def __init__(self, pages: dict[bytes, bytes]) -> None:
        self._pages, self._head = pages, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._head += data
        while b"\r\n\r\n" in self._head:
            head, _, self._head = self._head.partition(b"\r\n\r\n")
            missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            self._transport.write(self._pages.get(head.split()[1], missing))


if __name__ == "__main__":
    main()
