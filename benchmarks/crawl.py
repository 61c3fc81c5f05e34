"""A WARC file like Common Crawl's, of any size, alike each time."""

from __future__ import annotations

import argparse
import random
import sys
import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # instead of this folder, where profile.py would hide the standard library's

FIXTURES = ROOT / "tests" / "embeds"
SEED = 20171015
_NO_EMBEDS = frozenset(("none", "markdown"))
_FIRST = datetime(2026, 1, 15, 6, 30, 3, tzinfo=UTC)
_MEDIAN, _SPREAD, _SMALLEST, _LARGEST = 11.4, 0.75, 8_000, 1_000_000  # characters, log-normal: half below 89,000
_LETTERS, _WEIGHTS = "etaoinshrdlcumwfgypbvk", [12, 9, 8, 8, 7, 7, 6, 6, 6, 4, 4, 3, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1]
_HEX = "0123456789abcdef"
_NAV = '<li class="menu-item menu-item-{0} menu-item-type-tag"><a href="/{1}/{2}/" data-track="{2}">{2}</a></li>\n'
_CARD = """<article class="card card--{0} js-track" data-id="{1}"><a class="card__link" href="https://{2}/{3}-{1}.html">
<img class="card__image lazyload" data-src="https://cdn.{2}/i/{4}/{1}_320x180.jpg" width="320" height="180" alt="{3}">
<h3 class="card__title">{5}</h3></a><p class="card__teaser">{6}</p><time datetime="{7}">{7}</time></article>
"""
_RULE = ".{0}__{1}--{2}>.{1}{{margin:0 {3}px {4}px;padding:{4}px;color:#{5};font-size:{3}px;line-height:1.{4}}}"
_STATE = (
    '{{"id":"{0}","type":"teaser","url":"https:\\/\\/{1}\\/{2}-{3}.html","headline":"{4}","image":{{"src":"https:'
    '\\/\\/cdn.{1}\\/i\\/{5}.jpg","width":{6},"height":{3}}},"tags":["{7}","{8}"]}},'
)
_CALL = "window.queue.push({{id:'{0}',kind:'slot',sizes:[[300,{1}],[728,90]],path:'/net/{2}/{3}',hash:'{4}'}});\n"
_SOCIAL = """<ul class="social"><li><a href="https://www.facebook.com/{0}/" rel="noopener">Facebook</a></li>
<li><a href="https://twitter.com/{0}">Twitter</a></li><li><a href="https://www.instagram.com/{0}/">Instagram</a></li>
<li><a href="https://www.youtube.com/channel/UC{1}">YouTube</a></li><li><a href="https://www.linkedin.com/company/{0}/">
LinkedIn</a></li></ul><div class="share"><a href="https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2F{2}%2F{3}">
Share</a><a href="https://twitter.com/intent/tweet?url=https%3A%2F%2F{2}%2F{3}&amp;text={0}">Tweet</a></div>
"""
_HTTP = (
    "HTTP/1.1 {0}\r\nDate: {1}\r\nContent-Type: {2}\r\nX-Crawler-Content-Encoding: gzip\r\nServer: nginx\r\n{3}"
    "Cache-Control: max-age={4}\r\nX-Request-Id: {5}\r\nContent-Length: {6}\r\n\r\n"
)
_STATUSES = ("200 OK",) * 92 + ("404 Not Found",) * 4 + ("301 Moved Permanently",) * 4
_TYPES = ("text/html; charset=UTF-8",) * 60 + ("text/html",) * 22 + ("text/html;charset=utf-8",) * 14
_OTHER_TYPES = ("application/pdf", "image/jpeg", "application/json", "text/xml")


def main() -> None:
    """Makes one file; says what it holds."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("file", type=Path, help="the .warc.gz file to make")
    ask.add_argument("--size", type=float, default=1000.0, metavar="MB", help="uncompressed (default: 1000)")
    ask.add_argument("--embeds", type=float, default=3.0, metavar="PERCENT", help="of pages (default: 3)")
    ask.add_argument("--seed", type=int, default=SEED)
    chosen = ask.parse_args()
    made = write(chosen.file, int(chosen.size * 1e6), chosen.embeds / 100, chosen.seed)
    print(f"{chosen.file}: {made.pages:,} pages, {made.embedding:,} with embeds, {made.size / 1e6:,.0f} MB in all")


@dataclass(slots=True)
class Made:
    """What a file holds: pages (HTML of status 200), those of them with embeds, and bytes before compression."""

    pages: int = 0
    embedding: int = 0
    size: int = 0


def write(path: Path, size: int, share: float, seed: int = SEED) -> Made:
    """A WARC file of about `size` bytes uncompressed, one gzip member a record; `share` of its pages have embeds."""
    made, rng = Made(), random.Random(seed)  # noqa: S311
    texts = _Texts(rng)
    scraps = [path.read_text(encoding="utf-8") for path in sorted(FIXTURES.glob("*/*.html"))
              if path.parent.name not in _NO_EMBEDS]  # fmt: skip
    with open(path, "wb") as file:
        made.size += _member(
            file, _record(rng, "warcinfo", None, _FIRST, "application/warc-fields", b"format: WARC\r\n")
        )
        while made.size < size:
            has_embeds = rng.random() < share
            for record in _answers(rng, texts, rng.choice(scraps) if has_embeds else None, made, has_embeds):
                made.size += _member(file, record)
    return made


def _answers(rng: random.Random, texts: _Texts, scrap: str | None, made: Made, has_embeds: bool) -> Iterator[bytes]:
    """A request, its answer and what the crawler notes of them, as three records."""
    at = _FIRST + timedelta(seconds=made.pages * 0.2)
    host = f"www.{rng.choice(texts.names)}.example"
    url = f"https://{host}/{rng.choice(texts.names)}/{'-'.join(rng.sample(texts.names, 5))}-{rng.randrange(10**7)}"
    status = "200 OK" if has_embeds else rng.choice(_STATUSES)
    media_type = rng.choice(_TYPES) if has_embeds or rng.random() < 0.97 else rng.choice(_OTHER_TYPES)
    if "html" in media_type:
        length = int(min(_LARGEST, max(_SMALLEST, rng.lognormvariate(_MEDIAN, _SPREAD))))
        body = texts.page(host, length if status.startswith("200") else 900, scrap).encode()
        made.pages += status.startswith("200")
        made.embedding += has_embeds
    else:
        body = rng.randbytes(60_000)
    request = f"GET {url} HTTP/1.1\r\nUser-Agent: CCBot/2.0\r\nAccept: text/html\r\nHost: {host}\r\n\r\n".encode()
    date = at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    extra = f"Set-Cookie: sid={_hex(rng, 32)}; Path=/\r\n" if rng.random() < 0.5 else ""
    head = _HTTP.format(status, date, media_type, extra, rng.randrange(4000), _hex(rng, 16), len(body)).encode()
    notes = f"fetchTimeMs: {rng.randrange(2000)}\r\ncharset-detected: UTF-8\r\nlanguages-cld2: {{}}\r\n".encode()
    yield _record(rng, "request", url, at, "application/http; msgtype=request", request)
    yield _record(rng, "response", url, at, "application/http; msgtype=response", head + body)
    yield _record(rng, "metadata", url, at, "application/warc-fields", notes)


class _Texts:
    """Words, and pieces of pages made of them beforehand: what is alike in pages far apart packs no better."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._words = ["".join(rng.choices(_LETTERS, _WEIGHTS, k=rng.randint(2, 11))) for _ in range(20_000)]
        self._shares = [1 / (rank + 3) for rank in range(len(self._words))]
        self.names = [word for word in self._words if len(word) > 5][:3000]
        self._paragraphs = [f"<p>{self._prose(rng.randint(30, 130))}</p>\n" for _ in range(3000)]
        self._parts = [
            make() for make in (self._nav, self._cards, self._style, self._state, self._calls) for _ in range(120)
        ]

    def page(self, host: str, length: int, scrap: str | None) -> str:
        """A page of about so many characters; a scrap of HTML with embeds stands amid its paragraphs."""
        rng = self._rng
        name, title = rng.choice(self.names), self._prose(9)
        head = (
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n<link rel='
            f'"canonical" href="https://{host}/{name}"><meta property="og:title" content="{title}">\n<meta property='
            f'"article:published_time" content="2026-01-{rng.randint(10, 15)}T06:30:00Z">'
        )
        pieces, used = [head], len(head) + len(scrap or "")
        while used < length * 0.8:
            pieces.append(rng.choice(self._parts))
            used += len(pieces[-1])
        rng.shuffle(middle := pieces[1:])
        prose: list[str] = []
        while used < length:
            prose.append(rng.choice(self._paragraphs))
            used += len(prose[-1])
        at = len(prose) // 2
        social = _SOCIAL.format(name, _hex(rng, 22), host, name)
        body = ["</head><body>\n", *middle, "<article>", *prose[:at], scrap or "", *prose[at:], "</article>"]
        return "".join([head, *body, social, "</body></html>\n"])

    def _prose(self, count: int) -> str:
        return " ".join(self._rng.choices(self._words, self._shares, k=count)).capitalize() + "."

    def _nav(self) -> str:
        rng, name = self._rng, self._few(1)
        items = (_NAV.format(rng.randrange(9999), name(), rng.choice(self.names)) for _ in range(40))
        return f'<nav><ul class="menu">{"".join(items)}</ul></nav>'

    def _cards(self) -> str:
        rng, name, site = self._rng, self._few(4), self._few(1)()
        return "".join(
            _CARD.format(rng.choice("abc"), rng.randrange(10**8), f"{site}.example",
                         f"{name()}-{rng.choice(self.names)}", _hex(rng, 6), self._prose(8), self._prose(18),
                         f"2026-01-{rng.randint(10, 28)}")
            for _ in range(12)
        )  # fmt: skip

    def _style(self) -> str:
        rng, name = self._rng, self._few(9)
        rules = (_RULE.format(name(), name(), name(), rng.randrange(9), rng.randrange(9), "0a") for _ in range(90))
        return f"<style>{''.join(rules)}</style>\n"

    def _state(self) -> str:
        rng, name, site = self._rng, self._few(9), self._few(1)()
        items = (
            _STATE.format(_hex(rng, 8), f"{site}.example", f"{name()}-{rng.choice(self.names)}", rng.randrange(10**6),
                          self._prose(9), _hex(rng, 6), rng.randrange(2000), name(), name())
            for _ in range(35)
        )  # fmt: skip
        return f'<script type="application/json">[{"".join(items)}0]</script>\n'

    def _calls(self) -> str:
        rng, name = self._rng, self._few(9)
        calls = (_CALL.format(_hex(rng, 4), rng.randrange(700), name(), name(), _hex(rng, 8)) for _ in range(50))
        return f"<script>{''.join(calls)}</script>\n"

    def _few(self, count: int) -> Callable[[], str]:
        """Chooses among a few names, as one page does."""
        names = self._rng.sample(self.names, count)
        return lambda: self._rng.choice(names)


def _record(rng: random.Random, kind: str, url: str | None, at: datetime, media_type: str, block: bytes) -> bytes:
    fields = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Date: {at.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        f"WARC-Record-ID: <urn:uuid:{uuid.UUID(int=rng.getrandbits(128))}>",
        f"Content-Length: {len(block)}",
        f"Content-Type: {media_type}",
        *([f"WARC-Target-URI: {url}", f"WARC-Payload-Digest: sha1:{_hex(rng, 32)}"] if url else []),
    ]
    return "\r\n".join(fields).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def _member(file: BinaryIO, record: bytes) -> int:
    """Writes a record as a gzip member of its own; its size before."""
    packer = zlib.compressobj(6, wbits=31)
    file.write(packer.compress(record) + packer.flush())
    return len(record)


def _hex(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(_HEX, k=count))


if __name__ == "__main__":
    main()
