"""Tumblr: permalinks, official embeds."""

from __future__ import annotations

import re
from dataclasses import replace

from archiver import soup, urls
from archiver.model import Post
from archiver.platforms._base import Platform, Shape, hints
from archiver.soup import Tag

_ID = r"(\d{4,20})(?![\w-])"
_BLOG = r"([A-Za-z0-9](?:[A-Za-z0-9-]{0,60}[A-Za-z0-9])?)"
_ON_BLOG = re.compile(
    rf"(?:https?:)?//(?:www\.)?{_BLOG}\.tumblr\.com(?::\d+)?/+(?:post|image|private)/+{_ID}", re.ASCII | re.IGNORECASE
)
_ON_SITE = re.compile(
    rf"(?:https?:)?//(?:www\.)?tumblr\.com(?::\d+)?/+(?:(?:dashboard/+)?blog/+(?:view/+)?)?@?{_BLOG}/+{_ID}",
    re.ASCII | re.IGNORECASE,
)
_FRAME = re.compile(
    rf"(?:https?:)?//embed\.tumblr\.com(?::\d+)?/+embed/+post/+[\w:.%-]{{1,120}}/+{_ID}", re.ASCII | re.IGNORECASE
)
_OWN_DOMAIN = re.compile(r"https?://[^/?#\s]{1,250}/post/(\d{4,20})(?=[/?#]|$)", re.ASCII | re.IGNORECASE)
_NO_BLOGS = frozenset(
    "about abuse api apps archive assets blog customize dashboard developers docs embed explore following help image "
    "inbox likes login logout media mega-editor message new oauth policy post press private privacy reblog register "
    "safe-mode search security settings share static support svc tagged themes tips video_file widgets www".split()
)


def parse_permalink(url: str) -> Post | None:
    """The post that a URL names, on its blog or on tumblr.com; None for blogs, tags, share buttons and any other URL.

    A blog on a domain of its own is not known by its address.
    """
    url = urls.unwrap(url)
    match = _ON_BLOG.match(url) or _ON_SITE.match(url)
    return _identified(match[2], match[1].lower()) if match and match[1].lower() not in _NO_BLOGS else None


def parse_frame(url: str) -> Post | None:
    """The post that the address of an official iframe shows; which blog's it is, that address does not tell."""
    match = _FRAME.match(urls.unwrap(url))
    return Post("tumblr", platform_id=match[1]) if match else None


def _embed(tag: Tag) -> Post | None:
    """The official embed: the iframe's address, and a link to the post, maybe on the blog's own domain."""
    post = parse_frame(soup.attr(tag, "data-href")) or parse_permalink(soup.attr(tag, "data-href"))
    for href in (urls.unwrap(soup.attr(a, "href")) for a in soup.links(tag)):
        linked = parse_permalink(href)
        if linked and (post is None or linked.platform_id == post.platform_id):
            return linked
        if post and not post.permalink and (own := _OWN_DOMAIN.match(href)) and own[1] == post.platform_id:
            return replace(post, permalink=href)
    return post


def _identified(platform_id: str, blog: str) -> Post:
    return Post(
        "tumblr",
        platform_id=platform_id,
        permalink=f"https://www.tumblr.com/{blog}/{platform_id}",
        handle=blog,
        author_url=f"https://www.tumblr.com/{blog}",
    )


PLATFORM = Platform(
    name="tumblr",
    sites=("tumblr",),
    hints=hints(r"tumblr-post tumblr.com~/[0-9]{4,20}(?![\w-])"),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(Shape("embed", "div.tumblr-post", _embed),),
)
