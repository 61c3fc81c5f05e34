"""LinkedIn: permalinks and frames of posts, dated by their ids."""

from __future__ import annotations

import re

from archiver import urls
from archiver.model import Post
from archiver.platforms import _snowflake
from archiver.platforms._base import Clock, Platform, hints

_SITE = r"(?i:(?:https?:)?//(?:[a-z]{1,4}\.)?linkedin\.com(?::\d{1,5})?)/+"
_URN = r"urn(?::|%3[Aa])li(?::|%3[Aa])(activity|share|ugcPost)(?::|%3[Aa])(\d{15,19})(?!\d)"
_UPDATE = re.compile(
    rf"{_SITE}(?:(?:embed/+)?feed/+update/+|feed/?\?(?:[^#]{{0,1000}}&)?(?:highlightedUpdateUrn|updateEntityUrn)=){_URN}",
    re.ASCII,
)
_FRAME = re.compile(rf"{_SITE}embed/+feed/+update/+{_URN}", re.ASCII)
_SLUG = re.compile(rf"{_SITE}posts/+([^/?#\s]{{1,600}})", re.ASCII)
_TAIL = re.compile(r"[_-](activity|share|ugcPost)-(\d{15,19})(?!\d)", re.ASCII)
_HANDLE = re.compile(r"[\w%-]{1,100}")


def parse_permalink(url: str) -> Post | None:
    """The LinkedIn post that a URL names; None for people, companies, articles and any other URL.

    An activity and the share or ugcPost in it have ids of their own. `handle` is told by `/posts/handle_words-…`
    only, without saying whether it is a person or a company.
    """
    url = urls.unwrap(url)
    if match := _UPDATE.match(url):
        return _post(match[1], match[2], None)
    slug = _SLUG.match(url)
    tails = list(_TAIL.finditer(slug[1])) if slug else []
    if not slug or not tails:
        return None
    handle, underscore, _ = slug[1].partition("_")
    known = underscore and _HANDLE.fullmatch(handle)
    return _post(tails[-1][1], tails[-1][2], handle if known else None)


def parse_frame(url: str) -> Post | None:
    """The post that the official iframe at this address shows; None for any other address."""
    match = _FRAME.match(urls.unwrap(url))
    return _post(match[1], match[2], None) if match else None


def _post(kind: str, platform_id: str, handle: str | None) -> Post:
    moment = _snowflake.linkedin(platform_id)
    return Post(
        "linkedin",
        platform_id=platform_id,
        permalink=f"https://www.linkedin.com/feed/update/urn:li:{kind}:{platform_id}/",
        handle=handle,
        posted_at=moment,
        time_source="id_snowflake" if moment else None,
        time_precision="millisecond" if moment else None,
    )


PLATFORM = Platform(
    name="linkedin",
    sites=("linkedin",),
    hints=hints("linkedin.com~(?:activity|share|ugcPost)(?:-|:|%|&)"),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    clock=Clock(_snowflake.linkedin),
)
