"""Whom to ask about a post, and at which address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import quote, urlsplit

from archiver import urls
from archiver.checking import _verdicts
from archiver.checking._token import token
from archiver.checking._verdicts import Heard, Verdict
from archiver.errors import TargetError
from archiver.store.checks import Due

__all__ = ["ENDPOINTS", "Endpoint", "Question", "Ways", "platforms", "questions"]

_VIDEO = re.compile(r"/(?:videos|watch|reel)\b|/watch/?\?", re.ASCII)
_HIDDEN = b"redacted"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A place to ask a platform about its posts.

    `base` is the address that all questions begin with; in Mastodon's stands {instance}. `path` makes the rest of it,
    None for a post that cannot be asked about there. What the answer says of the post, `judge` tells. `is_secret`: it
    wants a token of the user's.
    """

    name: str
    platform: str
    base: str
    path: Callable[[Due], str | None]
    judge: Callable[[Heard], Verdict]
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One question: `url` as the platform knows it, `asked` as it is sent; `secrets` are not to be kept anywhere."""

    endpoint: Endpoint
    url: str
    asked: str
    secrets: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host that is asked, with its port."""
        return urlsplit(self.asked).netloc

    def without_secrets(self, text: str) -> str:
        """A text with what is secret in it left out."""
        return self.hidden(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def hidden(self, data: bytes) -> bytes:
        """Bytes with what is secret in them left out, also where it is written with escapes."""
        for secret in self.secrets:
            data = _written(secret).sub(_HIDDEN, data)
        return data


@dataclass(frozen=True, slots=True)
class Ways:
    """Where endpoints are asked instead of their own addresses, by name, and the token for Meta's, None without one."""

    bases: Mapping[str, str] = field(default_factory=dict)
    meta_token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        known = {endpoint.name for endpoint in ENDPOINTS}
        for name, base in self.bases.items():
            if name not in known:
                raise TargetError(name, "is no endpoint", f"one of {', '.join(sorted(known))}")
            if not urls.is_web(base.replace("{instance}", "instance")):
                raise TargetError(base[:200], "is no http or https URL", "write NAME=https://example.com")


def platforms(ways: Ways) -> tuple[str, ...]:
    """The platforms that can be asked."""
    return tuple(dict.fromkeys(e.platform for e in ENDPOINTS if ways.meta_token or not e.is_secret))


def questions(post: Due, ways: Ways) -> Iterator[Question]:
    """What to ask about a post, one after the other until an answer decides; () where nobody can be asked."""
    for endpoint in ENDPOINTS:
        path = endpoint.path(post) if endpoint.platform == post.platform else None
        if path is None or (endpoint.is_secret and not ways.meta_token):
            continue
        base, own = ways.bases.get(endpoint.name, endpoint.base).rstrip("/"), endpoint.base
        if "{instance}" in base + own:
            instance = _instance(post) or ""
            base, own = base.replace("{instance}", instance), own.replace("{instance}", instance)
        if endpoint.is_secret and ways.meta_token:
            asked = f"{base}{path}&access_token={quote(ways.meta_token, safe='')}"
            yield Question(endpoint, own + path, asked, (ways.meta_token,))
        else:
            yield Question(endpoint, own + path, base + path)


@cache
def _written(secret: str) -> re.Pattern[bytes]:
    """A secret as URLs, JSON and HTML may write it."""
    each = (
        rb"(?:\\?%b|(?i:%%(?:25)*%02x|\\u00%02x|&#0*%d;|&#x0*%x;))" % (re.escape(bytes((b,))), b, b, b, b)
        for b in secret.encode("utf-8", "surrogatepass")
    )
    return re.compile(b"".join(each))


def _instance(post: Due) -> str | None:
    """The instance of a post on Mastodon, which its key tells."""
    scope, mark, _ = post.key.removeprefix(f"{post.platform}:").partition("/")
    return scope if mark else None


def _oembed(path: str) -> Callable[[Due], str | None]:
    """The path at which an endpoint is asked for the oEmbed of a post's address."""
    return lambda post: f"{path}url={quote(post.permalink, safe='')}"


def _syndication(post: Due) -> str | None:
    number = post.platform_id
    return f"/tweet-result?id={number}&lang=en&token={token(number)}" if _is_number(number) else None


def _tweet(post: Due) -> str | None:
    # Older servers refuse x.com; our permalinks are all of twitter.com.
    told = _oembed("/oembed?omit_script=1&dnt=true&hide_thread=true&")
    return told(post) if _is_number(post.platform_id) else None


def _thread(post: Due) -> str | None:
    account, mark, key = post.key.removeprefix("bluesky:").rpartition("/")
    address = quote(f"at://{account}/app.bsky.feed.post/{key}", safe="")
    return f"/xrpc/app.bsky.feed.getPostThread?uri={address}&depth=0&parentHeight=0" if mark else None


def _status(post: Due) -> str | None:
    is_whole = _is_number(post.platform_id) and _instance(post)
    return f"/api/v1/statuses/{post.platform_id}" if is_whole else None


def _instance_oembed(post: Due) -> str | None:
    return _oembed("/api/oembed?")(post) if _instance(post) else None


def _facebook(post: Due) -> str | None:
    return _oembed("/oembed_video?" if _VIDEO.search(post.permalink) else "/oembed_post?")(post)


def _is_number(told: str) -> bool:
    return told.isascii() and told.isdigit() and len(told) <= 20


# Of a platform's endpoints the first knows most of a post that is there, the last decides whether it is.
ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "twitter-syndication", "twitter", "https://cdn.syndication.twimg.com", _syndication, _verdicts.of_syndication
    ),
    Endpoint("twitter-oembed", "twitter", "https://publish.twitter.com", _tweet, _verdicts.of_tweet),
    Endpoint("bluesky", "bluesky", "https://public.api.bsky.app", _thread, _verdicts.of_thread),
    Endpoint("mastodon", "mastodon", "https://{instance}", _status, _verdicts.of_status),
    Endpoint("mastodon-oembed", "mastodon", "https://{instance}", _instance_oembed, _verdicts.of_instance),
    Endpoint("tiktok", "tiktok", "https://www.tiktok.com", _oembed("/oembed?"), _verdicts.of_oembed),
    Endpoint("reddit", "reddit", "https://www.reddit.com", _oembed("/oembed?"), _verdicts.of_oembed),
    Endpoint("youtube", "youtube", "https://www.youtube.com", _oembed("/oembed?format=json&"), _verdicts.of_oembed),
    Endpoint("vimeo", "vimeo", "https://vimeo.com", _oembed("/api/oembed.json?"), _verdicts.of_oembed),
    Endpoint("tumblr", "tumblr", "https://www.tumblr.com", _oembed("/oembed/1.0?"), _verdicts.of_oembed),
    Endpoint("pinterest", "pinterest", "https://www.pinterest.com", _oembed("/oembed.json?"), _verdicts.of_oembed),
    Endpoint(
        "instagram",
        "instagram",
        "https://graph.facebook.com",
        _oembed("/instagram_oembed?"),
        _verdicts.of_meta,
        is_secret=True,
    ),
    Endpoint("facebook", "facebook", "https://graph.facebook.com", _facebook, _verdicts.of_meta, is_secret=True),
    Endpoint(
        "threads",
        "threads",
        "https://graph.threads.net/v1.0",
        _oembed("/oembed?"),
        _verdicts.of_meta,
        is_secret=True,
    ),
)
