"""Tweets in records of datasets, of any version."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.answers import _json, _tweet
from archiver.answers._base import distinct
from archiver.told import Told

__all__ = ["identified", "is_notice", "moment", "tweets", "unescaped"]

_MOST = 100_000  # tweets of one page
_NOTICES = frozenset(
    "delete scrub_geo limit status_withheld user_withheld disconnect warning friends event control meta errors".split()
)

identified, unescaped, moment = _tweet.identified, _json.unescaped, _json.moment


def tweets(value: object) -> Iterator[Told]:
    """What a record tells of each tweet in it, those that it quotes, reposts or answers among them.

    A record is a tweet of version 1.1 (compatible, extended or streamed) or a page of them, a page of version 2 with
    `data` and `includes`, or a tweet of version 2 with all that in it, as `twarc2 flatten` writes.
    """
    data = _json.at(value, "data")
    if isinstance(data, dict | list):
        yield from distinct(_tweet.second_version(value, "api v2", _MOST))
    elif _is_flattened(value):
        yield from distinct(_tweet.second_version(_page(value), "api v2", _MOST))
    else:
        yield from distinct(_tweet.first_version(value, "api v1.1"))


def is_notice(value: object) -> bool:
    """Whether a record is what the interface says of itself or of a stream: a limit, a deletion, an empty page."""
    return isinstance(value, dict) and bool(value) and _NOTICES.issuperset(name for name in value if name != "__twarc")


def _is_flattened(value: object) -> bool:
    has_words = isinstance(_json.at(value, "text"), str) and _json.at(value, "id") is not None
    return has_words and _json.at(value, "id_str") is None and _json.at(value, "user") is None


def _page(tweet: object) -> object:
    """A flattened tweet as a page of version 2: the accounts, media and tweets that stand in it beside it."""
    inner = [each for each in _json.objects(tweet, "referenced_tweets") if isinstance(each.get("text"), str)]
    whole = [tweet, *inner]
    return {
        "data": tweet,
        "includes": {
            "users": [account for each in whole if (account := _json.at(each, "author"))],
            "media": [medium for each in whole for medium in _json.objects(each, "attachments", "media")],
            "tweets": inner,
        },
    }
