"""Mastodon, on any instance: permalinks, official blockquotes."""

from __future__ import annotations

import re

from archiver import soup, urls
from archiver.model import Post
from archiver.platforms import _snowflake
from archiver.platforms._base import Clock, Platform, Shape, hints
from archiver.soup import Tag

__all__ = ["PLATFORM", "parse_frame", "parse_permalink", "status"]

_USER = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?"
_DOMAIN = r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z][A-Za-z0-9-]{1,62}"
_STATUS = re.compile(
    rf"(?:[Hh][Tt][Tt][Pp][Ss]?:)?//({_DOMAIN})(?::\d{{1,5}})?/+"
    rf"(?:(?:(?:web|deck)/)?(?:@|%40)({_USER})(?:(?:@|%40)({_DOMAIN}))?/(?:posts/)?|users/({_USER})/statuses/)"
    r"(\d{15,20})(?:/(embed|activity|favourites|quotes|reblogs))?/?(?:[?#]|$)",
    re.ASCII,
)
# Sites where `/@user/digits` would be something else.
_OTHERS = re.compile(
    r"(?:.*\.)?(?:bsky\.app|facebook\.com|flipboard\.com|gettr\.com|instagram\.com|kwai\.com|likee\.video|linkedin\.com"
    r"|medium\.com|odysee\.com|pinterest\.com|reddit\.com|rumble\.com|substack\.com|t\.me|threads\.(?:com|net)"
    r"|tiktok\.com|truthsocial\.com|tumblr\.com|twitter\.com|vimeo\.com|vk\.(?:com|ru)|x\.com|youtube\.com)",
    re.IGNORECASE,
)


def parse_permalink(url: str) -> Post | None:
    """The Mastodon post that a URL names, known by its form alone, as the instance can be any; None for others."""
    post = status("mastodon", url)
    return post if post and not _OTHERS.fullmatch(urls.host(urls.unwrap(url)) or "") else None


def parse_frame(url: str) -> Post | None:
    """The post that the official iframe at this address shows; None for any other address."""
    match = _STATUS.match(urls.unwrap(url))
    return parse_permalink(url) if match and match[6] == "embed" else None


def status(platform: str, url: str) -> Post | None:
    """The status that a URL in Mastodon's grammar names, on any host; None for any other URL.

    An id belongs to the instance that shows the post. `handle` is `user`, or `user@home` where the instance shows a
    post that was written on another; then the id's time is but what that other one claims.
    """
    match = _STATUS.match(urls.unwrap(url)) if "@" in url or "%40" in url or "/users/" in url else None
    if match is None:
        return None
    host, user, home, platform_id = match[1].lower(), match[2] or match[4], (match[3] or "").lower(), match[5]
    handle = user if home in ("", host) else f"{user}@{home}"
    moment = _snowflake.mastodon(platform_id)
    asserted = "id_snowflake" if handle == user else "id_self_asserted"
    return Post(
        platform,
        platform_id=platform_id,
        scope=host,
        permalink=f"https://{host}/@{handle}/{platform_id}",
        handle=handle,
        author_url=f"https://{host}/@{handle}",
        posted_at=moment,
        time_source=asserted if moment else None,
        time_precision="millisecond" if moment else None,
    )


def _blockquote(tag: Tag) -> Post | None:
    """The official blockquote, which holds a link to the post and no word of it."""
    told = (soup.attr(tag, "data-embed-url"), *(soup.attr(a, "href") for a in soup.links(tag)))
    return next((post for url in told if (post := parse_permalink(url))), None)


PLATFORM = Platform(
    name="mastodon",
    hints=hints(r"mastodon-embed /@~/[0-9]{15} 2F@~/[0-9]{15} ;@~/[0-9]{15} users>/[\w.-]{1,64}/statuses/[0-9]{15}"),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(Shape("blockquote", "blockquote:is(.mastodon-embed, [data-embed-url])", _blockquote),),
    clock=Clock(_snowflake.mastodon),
)
