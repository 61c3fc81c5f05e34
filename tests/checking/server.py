"""The platforms' public endpoints on loopback, with their real shapes and their odd answers."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from archiver import platforms, store
from archiver.checking import ENDPOINTS
from archiver.model import Archived, Embed, Page, Post
from tests.pages import WHEN, capture

__all__ = ["TWEET", "Platforms", "Reply", "archived", "html", "missing", "reply", "serving", "tweet", "tweet_html"]

TWEET = "https://twitter.com/ann_lee/status/{}"
_JSON = "application/json; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_NUMBER = re.compile(r"\d{15,20}")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `length` is told instead of the body's own; between pieces of a `drip` so many seconds pass."""

    status: int = 200
    body: bytes = b""
    kind: str = _JSON
    headers: tuple[tuple[str, str], ...] = ()
    length: int | None = None
    drip: float = 0.0


@dataclass(slots=True)
class Platforms:
    """What the server answers, by endpoint and id: the next reply of a list, and its last from then on."""

    base: str
    replies: defaultdict[tuple[str, str], deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    hits: list[tuple[str, str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    pause: float = 0.0

    @property
    def bases(self) -> dict[str, str]:
        """Where each endpoint is here."""
        ours = {e.name: f"{self.base}/{e.name}" for e in ENDPOINTS}
        return ours | {n: f"{ours[n]}/{{instance}}" for n in ("mastodon", "mastodon-oembed")}

    def then(self, endpoint: str, post_id: str, *replies: Reply) -> None:
        self.replies[endpoint, post_id].extend(replies)

    def asked(self, endpoint: str | None = None) -> list[str]:
        """The ids that were asked about, in the order in which they came."""
        return [post_id for name, post_id, _ in self.hits if endpoint in (None, name)]


def reply(value: object, status: int = 200, **more: Any) -> Reply:
    return Reply(status, json.dumps(value, ensure_ascii=False).encode(), **more)


def html(words: str, status: int) -> Reply:
    return Reply(status, f"<!DOCTYPE html><html><body>{words}</body></html>".encode(), _HTML)


def missing(endpoint: str) -> Reply:
    """How an endpoint says that there is no such post."""
    return {
        "twitter-syndication": reply({}),
        "twitter-oembed": html("Sorry, that page does not exist", 404),
        "bluesky": reply({"error": "NotFound", "message": "Post not found: at://x"}, 400),
        "mastodon": reply({"error": "Record not found"}, 404),
        "mastodon-oembed": reply({"error": "Record not found"}, 404),
    }.get(endpoint, Reply(404, b"Not Found", "text/plain"))


def tweet(post_id: str, text: str = "Say so.", **more: Any) -> dict[str, Any]:
    """A tweet as syndication tells it."""
    user = {"id_str": "77", "name": "Ann", "screen_name": "ann_lee"}
    told = {"__typename": "Tweet", "id_str": post_id, "text": text, "lang": "en", "user": user, "favorite_count": 5}
    return told | {"created_at": "2020-05-01T10:11:12.000Z"} | more


def tweet_html(post_id: str, text: str = "Say so.") -> dict[str, Any]:
    """A tweet as oEmbed tells it."""
    url = TWEET.format(post_id)
    code = (
        f'<blockquote class="twitter-tweet"><p lang="en" dir="ltr">{text}</p>&mdash; Ann (@ann_lee) '
        f'<a href="{url}?ref_src=twsrc%5Etfw">May 1, 2020</a></blockquote>\n'
    )
    return {"url": url, "author_name": "Ann", "author_url": "https://twitter.com/ann_lee", "html": code, "type": "rich"}


def archived(path: Path, *permalinks: str, text: str | None = None, page: str = "story") -> dict[str, int]:
    """An archive in which an article embeds these posts; the ids of their rows by the platforms' own."""
    posts = [platforms.named(each) or Post("none") for each in permalinks]
    told = tuple(
        Embed(each if text is None else _with(each, text), "blockquote", n, 1) for n, each in enumerate(posts, 1)
    )
    found = Page(f"https://gazette.example.com/{page}", "declared", "gazette.example.com", title="A story", embeds=told)
    archive = store.open_archive(path)
    run = store.start_run(archive, ["archive"], "0", WHEN)
    store.save(archive, run, [Archived(found.url, capture(f"<p>{page}", url=found.url), found)])
    rows = dict(archive.execute("select platform_id, id from posts").fetchall())
    archive.close()
    return rows


def _with(post: Post, text: str) -> Post:
    return Post(**{name: getattr(post, name) for name in Post.__slots__} | {"text": text})


@contextmanager
def serving() -> Iterator[Platforms]:
    """A server for as long as the block lasts; who is not told of is missing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            if not isinstance(sys.exception(), ConnectionError):  # of who asked and was killed
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), _Handler)
    told = server.platforms = Platforms(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 0

    def do_GET(self) -> None:
        told: Platforms = self.server.platforms  # type: ignore[attr-defined]
        endpoint = self.path.split("/")[1]
        path = unquote(self.path)
        ids = [post_id for name, post_id in told.replies if name == endpoint and post_id in path]
        post_id = next(iter([*ids, *_NUMBER.findall(path)]), "")
        with told.lock:
            told.hits.append((endpoint, post_id, self.path))
            replies = told.replies.get((endpoint, post_id), deque())
            answer = replies.popleft() if len(replies) > 1 else replies[0] if replies else missing(endpoint)
        time.sleep(told.pause)
        try:
            self._send(answer)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _send(self, answer: Reply) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
        self.end_headers()
        for at in range(0, len(answer.body), 1 if answer.drip else max(1, len(answer.body))):
            self.wfile.write(answer.body[at : at + 1] if answer.drip else answer.body)
            time.sleep(answer.drip)
        if answer.length is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""
