"""Platforms' own answers, as captures of browsers hold them."""

from __future__ import annotations

import re
from itertools import islice

from archiver import soup, urls
from archiver.answers import _json, bluesky, instagram, mastodon, oembed, reddit, tiktok, twitter
from archiver.answers._base import Asked, Endpoint, distinct
from archiver.model import Capture
from archiver.told import Answer, Relation, Told

__all__ = ["ENDPOINTS", "Answer", "Relation", "Told", "answer", "is_answer", "read", "recovered"]

ENDPOINTS: tuple[Endpoint, ...] = (
    *twitter.ENDPOINTS,
    *bluesky.ENDPOINTS,
    *mastodon.ENDPOINTS,
    *instagram.ENDPOINTS,
    *tiktok.ENDPOINTS,
    *reddit.ENDPOINTS,
    *oembed.ENDPOINTS,
)

_ADDRESS = re.compile(r"https?://(?:[^/@?#\s]{0,200}@)?([^/:?#\s]{1,300})(?::\d{1,5})?(/[^#\s]*)", re.IGNORECASE)
_ARCHIVED = re.compile(r"https?:\\?/\\?/web\.archive\.org\\?/web\\?/\d{4,14}(?:[a-z]{2}_)?\\?/(?=https?:)", re.ASCII)
_ANYWHERE = tuple(endpoint for endpoint in ENDPOINTS if not endpoint.hosts)
_AT = {
    host: (*(e for e in ENDPOINTS if host in e.hosts), *_ANYWHERE)
    for host in {host for endpoint in ENDPOINTS for host in endpoint.hosts}
}
_REFUSED = 400  # HTTP statuses from here on
_MOST = 300  # posts of one answer
_STAND_INS = ("TweetTombstone", "TweetUnavailable", "#notFoundPost", "#blockedPost", "#viewNotFound", "#viewBlocked")


def is_answer(url: str, media_type: str = "") -> bool:
    """Whether what stands at an address is a platform's answer about posts, and no page; also inside a web archive's.

    A post's own address is one only where it gave JSON, which its media type tells.
    """
    return _endpoint(url, media_type) is not None


def read(capture: Capture) -> tuple[Told, ...]:
    """What an answer tells of each post in it, at most 300; () where it is none, or cannot be read. Never raises."""
    found = answer(capture)
    return found.told if found else ()


def answer(capture: Capture) -> Answer | None:
    """What came of asking; None where the capture's addresses are no endpoint's. Never raises."""
    addresses = (capture.url, capture.final_url, capture.target)
    found = next((e for url in addresses if url and (e := _endpoint(url, capture.media_type))), None)
    if found is None:
        return None
    endpoint, asked = found[0], Asked(*found[1:], body=_body(capture))
    told = tuple(islice(distinct(iter(endpoint.read(asked))), _MOST))
    name = told[0].endpoint if told else endpoint.name
    if told:
        return Answer(name, "told", told)
    value = asked.json()
    note = _stand_in(value)
    if note is not None:
        return Answer(name, "tombstone", note=note)
    if capture.status is not None and capture.status >= _REFUSED:
        return Answer(name, "refused", note=_json.text(value, "error") or _json.text(value, "message"))
    is_page = "html" in capture.media_type
    return Answer(name, "nothing" if is_page or value is not None else "unreadable")


def recovered(capture: Capture) -> tuple[Told, ...]:
    """What a web archive's capture of a tweet's own address tells of it, JSON or page; () for nothing. Never raises."""
    if "html" not in capture.media_type:
        return read(capture)
    url = urls.unwrap(capture.url or capture.target)
    match = _ADDRESS.match(url)
    if match is None:
        return ()
    asked = Asked(url, match[1].lower().rstrip("."), match[2], _body(capture))
    return tuple(islice(distinct(twitter.read_page(asked)), _MOST))


def _endpoint(url: str, media_type: str) -> tuple[Endpoint, str, str, str] | None:
    """The endpoint at an address, the address without any archive's, its host, and what follows the host."""
    url = urls.unwrap(url)
    match = _ADDRESS.match(url)
    if match is None:
        return None
    host, path = match[1].lower().rstrip("."), match[2]
    for endpoint in _AT.get(host, _ANYWHERE):
        is_json = not endpoint.only_json or "json" in media_type
        if is_json and endpoint.path.match(path) and (endpoint.fits is None or endpoint.fits(url)):
            return endpoint, url, host, path
    return None


def _body(capture: Capture) -> str:
    """The text of an answer, without the addresses of a web archive in which it may have been rewritten."""
    is_page = "html" in capture.media_type
    body = capture.body
    text = soup.decode(body, capture.encoding)[0] if is_page else body.decode("utf-8-sig", "replace")
    return _ARCHIVED.sub("", text) if "web.archive.org" in text else text


def _stand_in(value: object) -> str | None:
    """What stands in a post's place: the platform's words, or the name of the thing."""
    for told in _json.walk(value, _is_stand_in):
        kind = _json.word(told, "__typename") or _json.word(told, "$type") or ""
        return _json.text(told, "tombstone", "text", "text") or _json.text(told, "reason") or kind
    return None


def _is_stand_in(told: dict[str, object]) -> bool:
    kind = told.get("__typename", told.get("$type"))
    return isinstance(kind, str) and kind.endswith(_STAND_INS)
