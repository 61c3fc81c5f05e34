"""Reddit: permalinks of posts and comments, official quotes, AMP."""

from __future__ import annotations

import re
from dataclasses import replace

from archiver import soup, urls
from archiver.model import Post
from archiver.platforms._base import Platform, Shape, hints
from archiver.soup import Tag

_SITE = r"(?i:(?:https?:)?//(?:[a-z-]{1,16}\.)?(?:reddit|redditmedia)\.com(?::\d{1,5})?)/+"
_ID = r"([0-9A-Za-z]{1,13})(?![\w-])"
_PERMALINK = re.compile(
    rf"{_SITE}(?:[rR]/([A-Za-z0-9_]{{2,24}})/+|(?:u|user)/([A-Za-z0-9_-]{{2,24}})/+)?(?:comments|gallery|tb)/+{_ID}"
    rf"(?:/+[^/?#\s]{{1,400}}/+{_ID})?",
    re.ASCII,
)
_SHORT = re.compile(rf"(?i:(?:https?:)?//(?:www\.)?redd\.it)/+{_ID}", re.ASCII)
_USER = re.compile(rf"{_SITE}(?:u|user)/([A-Za-z0-9_-]{{2,24}})/?(?:[?#]|$)", re.ASCII)
_PLACE = re.compile(rf"{_SITE}(?:r|u|user)/[A-Za-z0-9_-]{{2,24}}/?(?:[?#]|$)", re.ASCII)
_PLAYER = re.compile(
    r"(?i:(?:https?:)?//(?:embed\.reddit\.com|(?:www\.|embed\.)?redditmedia\.com)(?::\d{1,5})?/)"
    r"|[^?#]{1,1000}\?(?:[^#]{0,1000}&)?(?:ref_source=embed|embed=true)(?![\w-])",
    re.ASCII,
)


def parse_permalink(url: str) -> Post | None:
    """The Reddit post or comment that a URL names; None for any other URL.

    A post's id is the one in its URL; a comment's has Reddit's prefix `t1_`, as comments are counted apart. A share
    link (`/r/name/s/code`) holds no id, and a subreddit is not the author.
    """
    url = urls.unwrap(url)
    if short := _SHORT.match(url):
        return _post(None, None, short[1], None)
    match = _PERMALINK.match(url)
    return _post(match[1], match[2], match[3], match[4]) if match else None


def parse_frame(url: str) -> Post | None:
    """The post or comment that the official iframe at this address shows; None for any other address."""
    return parse_permalink(url) if _PLAYER.match(urls.unwrap(url)) else None


def _quote(tag: Tag) -> Post | None:
    """The official quote: title `by` u/name `in` subreddit; of a comment a link called `Comment`, and no word of it.

    What the link says is the title only if the author or the subreddit follows, as hand-made ones say anything.
    """
    anchors = [(a, soup.attr(a, "href")) for a in soup.links(tag)]
    named = [(a, post) for a, href in anchors if (post := parse_permalink(href))]
    if not named:
        return None
    is_comment = [pair for pair in named if (pair[1].platform_id or "").startswith("t1_")]
    anchor, post = (is_comment or named)[0]
    users = [match[1] for a, href in anchors if a is not anchor and (match := _USER.match(urls.unwrap(href)))]
    if users and not post.handle:
        post = _by(post, users[0])
    placed = any(_PLACE.match(urls.unwrap(href)) for _, href in anchors)
    title = soup.text(anchor)
    return replace(post, text=title) if title and placed and not is_comment and not urls.is_web(title) else post


def _amp(tag: Tag) -> Post | None:
    return parse_permalink(soup.attr(tag, "data-src"))


def _post(subreddit: str | None, user: str | None, post_id: str, comment_id: str | None) -> Post:
    post_id = post_id.lower()
    place = f"r/{subreddit}/" if subreddit else f"user/{user}/" if user else ""
    permalink = f"https://www.reddit.com/{place}comments/{post_id}/"
    if comment_id:
        comment_id = comment_id.lower()
        return Post("reddit", platform_id=f"t1_{comment_id}", permalink=f"{permalink}comment/{comment_id}/")
    post = Post("reddit", platform_id=post_id, permalink=permalink)
    return _by(post, user) if user else post


def _by(post: Post, user: str) -> Post:
    return replace(post, handle=user, author_url=f"https://www.reddit.com/user/{user}/")


PLATFORM = Platform(
    name="reddit",
    sites=("reddit", "redd", "redditmedia"),
    hints=hints(
        "reddit->(?:embed|card) amp->reddit redd.it>/ reddit.com~/(?:comments|gallery|tb)/ "
        "redditmedia~/(?:comments|gallery|tb)/"
    ),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(
        Shape("blockquote", "blockquote:is(.reddit-embed-bq, .reddit-card)", _quote),
        Shape("comment", "div.reddit-embed", _quote),
        Shape("amp", "amp-reddit[data-src]", _amp),
    ),
)
