"""A web archive on loopback: the Wayback Machine's and Common Crawl's protocols, with their limits and odd answers."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

EXCLUDED = (
    "org.archive.util.io.RuntimeIOException: org.archive.wayback.exception.AdministrativeAccessControlException: "
    "Blocked Site Error\n"
)
_REPLAY = re.compile(r"/web/(\d{14})([a-z]{2}_)?/(.+)")
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Held:
    """A capture that the archive has. `body` is as it was served; `location` makes it a redirect."""

    url: str
    timestamp: str
    body: bytes = b"<html><body><p>Words.</p></body></html>"
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    coding: str | None = None
    location: str | None = None
    chunked: bool = False

    @property
    def key(self) -> str:
        parts = urlsplit(self.url)
        host = ",".join(reversed((parts.hostname or "").removeprefix("www.").split(".")))
        return f"{host}){parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")

    @property
    def digest(self) -> str:
        return base64.b32encode(hashlib.sha1(self.body, usedforsecurity=False).digest()).decode()

    @property
    def row(self) -> dict[str, str]:
        return {
            "urlkey": self.key,
            "timestamp": self.timestamp,
            "original": self.url,
            "mimetype": self.content_type.partition(";")[0],
            "statuscode": str(self.status),
            "digest": self.digest,
            "length": str(len(self.body)),
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is not the usual one. `length` is told instead of the body's own."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A request as the server saw it; `kind` is cdx, replay, collinfo, index or data."""

    at: float
    kind: str
    path: str
    asked: dict[str, list[str]]
    headers: dict[str, str]


@dataclass(slots=True)
class Archive:
    """What the server has, what it was asked, and the odd answers that it gives before the usual ones."""

    base: str
    held: list[Held] = field(default_factory=list)
    crawls: dict[str, list[Held]] = field(default_factory=dict)
    spans: dict[str, tuple[str, str]] = field(default_factory=dict)
    page_rows: int = 2
    is_lazy: bool = True  # fastLatest looks at the last row alone
    hits: list[Hit] = field(default_factory=list)
    odd: defaultdict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    lock: threading.Lock = field(default_factory=threading.Lock)
    at_once: int = 0
    most_at_once: int = 0
    pause: float = 0.0

    @property
    def cdx_url(self) -> str:
        return f"{self.base}/cdx/search/cdx"

    @property
    def replay_url(self) -> str:
        return f"{self.base}/web"

    def then(self, kind: str, *replies: Reply) -> None:
        """Gives these answers first to requests of a kind."""
        self.odd[kind].extend(replies)

    def asked(self, kind: str) -> list[Hit]:
        """The requests of a kind, in the order in which they came."""
        return [hit for hit in self.hits if hit.kind == kind]

    def warc(self, crawl: str) -> tuple[bytes, list[tuple[int, int]]]:
        """The file of a crawl, and where its records lie: offset and length."""
        whole, places = member({"WARC-Type": "warcinfo", "Content-Type": "text/plain"}, b"by: a test\r\n"), []
        for held in self.crawls[crawl]:
            one = response(held)
            places.append((len(whole), len(one)))
            whole += one
        return whole, places


@contextmanager
def serving(*held: Held, **more: Any) -> Iterator[Archive]:
    """A server with these captures, for as long as the block lasts."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), _Handler)
    archive = server.archive = Archive(f"http://127.0.0.1:{server.server_port}", list(held), **more)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield archive
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def member(fields: dict[str, str], block: bytes, packed: bool = True) -> bytes:
    """A WARC record as one member of gzip."""
    head = {"WARC-Record-ID": "<urn:uuid:6d058047-ede2-4a13-be79-90c17c631dd4>", "WARC-Date": "2024-02-20T10:11:12Z"}
    told = head | fields | {"Content-Length": str(len(block))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    record = b"WARC/1.0\r\n" + lines.encode() + b"\r\n" + block + b"\r\n\r\n"
    return gzip.compress(record, mtime=0) if packed else record


def response(held: Held) -> bytes:
    """A response record of a capture."""
    at = datetime.strptime(held.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    head = [f"HTTP/1.1 {held.status} Told", f"Content-Type: {held.content_type}"]
    body = held.body
    if held.coding:
        head.append(f"Content-Encoding: {held.coding}")
    if held.chunked:
        head.append("Transfer-Encoding: chunked")
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    fields = {
        "WARC-Type": "response",
        "WARC-Target-URI": held.url,
        "WARC-Date": at.isoformat().replace("+00:00", "Z"),
        "Content-Type": "application/http; msgtype=response",
    }
    return member(fields, "\r\n".join([*head, "", ""]).encode() + body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    @property
    def archive(self) -> Archive:
        return self.server.archive  # type: ignore[attr-defined,no-any-return]

    def do_GET(self) -> None:
        archive, path = self.archive, urlsplit(self.path)
        kind = self._kind(path.path)
        hit = Hit(
            time.monotonic(), kind, self.path, parse_qs(path.query), {k.lower(): v for k, v in self.headers.items()}
        )
        with archive.lock:
            archive.hits.append(hit)
            archive.at_once += 1
            archive.most_at_once = max(archive.most_at_once, archive.at_once)
            odd = archive.odd[kind].popleft() if archive.odd[kind] else None
        try:
            time.sleep(archive.pause)
            self._send(odd or getattr(self, f"_{kind}")(hit))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with archive.lock:
                archive.at_once -= 1

    def _kind(self, path: str) -> str:
        if path == "/cdx/search/cdx":
            return "cdx"
        if path.startswith("/web/"):
            return "replay"
        if path == "/collinfo.json":
            return "collinfo"
        return "index" if path.endswith("-index") else "data"

    def _cdx(self, hit: Hit) -> Reply:
        asked = {name: values[0] for name, values in hit.asked.items()}
        found = [h.row for h in sorted(self.archive.held, key=lambda h: (h.key, h.timestamp)) if _matches(h, asked)]
        found = [row for row in found if _between(row["timestamp"], asked)]
        if asked.get("fastLatest") and self.archive.is_lazy:
            found = found[-1:]
        found = [row for row in found if all(_passes(row, told) for told in hit.asked.get("filter", []))]
        if asked.get("collapse") == "digest":
            found = [row for i, row in enumerate(found) if i == 0 or row["digest"] != found[i - 1]["digest"]]
        if after := asked.get("resumeKey"):
            found = [row for row in found if f"{row['urlkey']} {row['timestamp']}" >= after]
        limit = int(asked.get("limit", 150_000))
        shown = found[limit:] if limit < 0 else found[:limit]
        names = asked["fl"].split(",")
        rows: list[list[str]] = [names, *([row[name] for name in names] for row in shown)]
        if asked.get("showResumeKey") and 0 < limit < len(found):
            rows += [[], [f"{found[limit]['urlkey']} {found[limit]['timestamp']}"]]
        return _json(rows if shown else [])

    def _replay(self, _: Hit) -> Reply:
        told = _REPLAY.fullmatch(self.path)
        if not told:
            return Reply(400, b"no capture")
        same = [h for h in self.archive.held if h.url == told[3]]
        if not same:
            return Reply(404, b"<html>The Wayback Machine has not archived that URL.</html>", _HTML)
        held = min(same, key=lambda h: abs(int(h.timestamp) - int(told[1])))
        if held.timestamp != told[1]:
            return Reply(
                302, headers=(("Location", f"{self.archive.replay_url}/{held.timestamp}{told[2]}/{held.url}"),)
            )
        at = datetime.strptime(held.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        headers = [("Memento-Datetime", format_datetime(at, usegmt=True)), ("Content-Type", held.content_type)]
        if held.coding:
            headers.append(("Content-Encoding", held.coding))
        if held.location:
            headers.append(("Location", f"/web/{held.timestamp}{told[2]}/{held.location}"))
        return Reply(held.status, held.body, tuple(headers))

    def _collinfo(self, _: Hit) -> Reply:
        spans = self.archive.spans
        return _json(
            [
                {"id": name, "name": "A crawl", "cdx-api": f"{self.archive.base}/{name}-index"}
                | dict(zip(("from", "to"), spans.get(name, ()), strict=False))
                for name in self.archive.crawls
            ]
        )

    def _index(self, hit: Hit) -> Reply:
        crawl = urlsplit(hit.path).path.strip("/").removesuffix("-index")
        if crawl not in self.archive.crawls:
            return _json({"message": f"No handler for {crawl}"}, 404)
        asked = {name: values[0] for name, values in hit.asked.items()}
        _, places = self.archive.warc(crawl)
        placed = zip(self.archive.crawls[crawl], places, strict=True)
        rows = [_crawled(held, crawl, *place) for held, place in placed if _matches(held, asked)]
        rows.sort(key=lambda row: (row["urlkey"], row["timestamp"]))
        size = self.archive.page_rows
        pages = [rows[at : at + size] for at in range(0, len(rows), size)]
        if asked.get("showNumPages"):
            return _json({"pages": len(pages), "pageSize": 5, "blocks": len(rows)})
        page = int(asked.get("page", 0))
        if page >= max(1, len(pages)):
            return _json({"message": f"Page {page} invalid: First Page is 0, Last Page is {len(pages) - 1}"}, 400)
        shown = [row for row in (pages[page] if pages else []) if _between(row["timestamp"], asked)]
        shown = [row for row in shown if all(_passes(row, told) for told in hit.asked.get("filter", []))]
        if not shown:
            return _json({"message": f"No Captures found for: {asked['url']}"}, 404)
        return Reply(
            200, "".join(json.dumps(row) + "\n" for row in shown).encode(), (("Content-Type", "text/x-ndjson"),)
        )

    def _data(self, hit: Hit) -> Reply:
        crawl = next((name for name in self.archive.crawls if f"/{name}/" in hit.path), None)
        if crawl is None:
            return Reply(404, b"<Error><Code>NoSuchKey</Code></Error>")
        whole, _ = self.archive.warc(crawl)
        told = _RANGE.fullmatch(hit.headers.get("range", ""))
        if not told:
            return Reply(200, whole)
        first, last = int(told[1]), min(int(told[2]), len(whole) - 1)
        if first >= len(whole):
            return Reply(416, b"", (("Content-Range", f"bytes */{len(whole)}"),))
        return Reply(206, whole[first : last + 1], (("Content-Range", f"bytes {first}-{last}/{len(whole)}"),))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
        self.end_headers()
        self.wfile.write(reply.body)
        if reply.length is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


_HTML = (("Content-Type", "text/html"),)


def _json(told: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(told).encode(), (("Content-Type", "application/json"),))


def _crawled(held: Held, crawl: str, offset: int, length: int) -> dict[str, str]:
    row = held.row
    return {
        "urlkey": row["urlkey"],
        "timestamp": held.timestamp,
        "url": held.url,
        "mime": row["mimetype"],
        "mime-detected": row["mimetype"],
        "status": row["statuscode"],
        "digest": row["digest"],
        "length": str(length),
        "offset": str(offset),
        "filename": f"crawl-data/{crawl}/segments/1/warc/part-0.warc.gz",
    }


def _matches(held: Held, asked: dict[str, str]) -> bool:
    wanted = replace(held, url=asked["url"] if "://" in asked["url"] else f"http://{asked['url']}")
    match asked.get("matchType", "exact"):
        case "prefix":
            return held.key.startswith(wanted.key)
        case "domain":
            host, of = held.key.partition(")")[0], wanted.key.partition(")")[0]
            return host == of or host.startswith(f"{of},")
        case _:
            return held.key == wanted.key


def _between(timestamp: str, asked: dict[str, str]) -> bool:
    start, end = asked.get("from", ""), asked.get("to", "")
    return timestamp >= start.ljust(14, "0") and timestamp <= end.ljust(14, "9")


def _passes(row: dict[str, str], told: str) -> bool:
    """Whether a row passes a filter: `name:regex` in the one protocol; `=name:exact`, `~name:regex` in the other."""
    is_not, told = told.startswith("!"), told.removeprefix("!")
    name, _, wanted = told.lstrip("=~").partition(":")
    found = row[name] == wanted if told.startswith("=") else bool(re.fullmatch(wanted, row[name]))
    return found != is_not
