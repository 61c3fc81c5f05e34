"""Facebook: permalinks, plugins, official markup, AMP."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote, unquote_plus, urlsplit

from archiver import soup, urls
from archiver.model import Post
from archiver.platforms import _shown
from archiver.platforms._base import Platform, Shape, hints
from archiver.soup import Tag

_HOST = re.compile(r"(?:[a-z0-9-]{1,40}\.){0,3}facebook\.com|(?:www\.|m\.)?fb\.com")
_ID = re.compile(r"(pfbid[0-9A-Za-z]{10,200}|\d{4,25})(?::\d{1,4})?", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_-]{5,80}", re.ASCII)
_OWNER = re.compile(r"[\w.%-]{1,200}")
_SLUG = re.compile(r"(?!\d+$)[A-Za-z0-9.-]{2,100}", re.ASCII)
_BASE = "https://www.facebook.com"
_KINDS = {"posts": "posts", "videos": "videos", "photos": "photos", "permalink": "posts", "reel": "reel"}
_NO_OWNERS = frozenset(
    "ads business dialog docs events fundraisers gaming groups hashtag help home.php l.php login login.php marketplace "
    "media notes pages people permalink.php pg photo photo.php places plugins policies privacy profile.php public reel "
    "search settings share share.php sharer sharer.php stories story.php tr video video.php watch".split()
)
# What most links to Facebook are: buttons to share a page, and accounts. A quick look spares the long one.
_NO_POST = re.compile(r"/sharer|/dialog/|/share\.php|facebook\.com/+[^/?#]{0,100}/?$", re.IGNORECASE)


def parse_permalink(url: str) -> Post | None:
    """The post, photo or film that a URL names; None for pages, groups, events, share buttons and any other URL.

    The id is None where the address has none, as in albums and short links.
    """
    address = None if _NO_POST.search(url) else _address(url)
    if address is None:
        return None
    host, steps, query = address
    if host == "fb.watch":
        is_short = len(steps) == 1 and _CODE.fullmatch(steps[0])
        return Post("facebook", permalink=f"https://fb.watch/{steps[0]}/") if is_short else None
    if not _HOST.fullmatch(host) or not steps or "comment_id" in query:  # which names a comment
        return None
    return _by_query(steps, query) or _short(steps, query) or _by_path(steps)


def parse_frame(url: str) -> Post | None:
    """The post that the address of an official plugin shows, which is named in its `href`."""
    address = _address(url)
    if address is None or not _HOST.fullmatch(address[0]):
        return None
    _, steps, query = address
    if steps[-2:] == ["video", "embed"]:
        return _by_query(["video", "embed"], query)
    if steps[-2:] not in (["plugins", "post.php"], ["plugins", "video.php"], ["plugins", "post"], ["plugins", "video"]):
        return None
    href = query.get("href", "")
    return parse_permalink(unquote(href) if "://" not in href else href)


def _xfbml(tag: Tag) -> Post | None:
    """The official markup: the address, and for readers without script the text, `Posted by NAME on DATE` in any words.

    Of that line the links tell: the last one to a post bears the date, and the one before it is the author's.
    """
    if soup.attr(tag, "data-embed-as") == "comment":
        return None
    anchors = soup.links(tag)
    to_post = [a for a in anchors if parse_permalink(soup.attr(a, "href"))]
    quote = soup.first(tag, "blockquote")
    told = [soup.attr(tag, "data-href"), soup.attr(tag, "href"), soup.attr(quote, "cite") if quote else ""]
    told += [soup.attr(a, "href") for a in to_post]
    post = next(filter(None, map(parse_permalink, told)), None)
    if post is None:
        return None
    author, dated = _signature(anchors, to_post)
    if author is None:
        return post
    page = _address(soup.attr(author, "href"))
    slug = _handle(page[1][0]) if page and len(page[1]) == 1 else None
    post = replace(post, author_name=soup.text(author) or None, handle=post.handle or slug)
    post = replace(post, author_url=_profile(author) or post.author_url)
    shown = soup.text(dated) if dated else ""
    if not dated and (found := _shown.first_date(_following(author))):
        shown = found.shown
    if not any(char.isdecimal() for char in shown):
        shown = ""
    signing = {a.mem_id for a in (author, dated) if a}
    paragraphs = [p for p in soup.every(tag, "p") if not any(a.mem_id in signing for a in soup.links(p))]
    text = soup.squeeze("\n\n".join(soup.text(p) for p in paragraphs))
    return complete(replace(post, text=text or None, date_shown=shown or None))


def complete(post: Post) -> Post:
    """The post with what its date and text tell."""
    return _shown.captioned(_shown.dated(post))


def _address(url: str) -> tuple[str, list[str], dict[str, str]] | None:
    """Host, steps of the path, and query of a web address; None where it is none."""
    try:
        parts = urlsplit(urls.unwrap(url))
        host = parts.hostname
    except ValueError:
        return None
    if not host or parts.scheme not in ("", "http", "https"):
        return None
    query: dict[str, str] = {}
    for pair in parts.query.split("&"):
        name, _, value = pair.partition("=")
        while name.startswith("amp;"):
            name = name[4:]
        query.setdefault(name, unquote_plus(value))
    return host, [step for step in parts.path.split("/") if step], query


def _by_query(steps: list[str], query: dict[str, str]) -> Post | None:
    """What the older addresses with a query name: stories, photos, films."""
    match [step.lower() for step in steps[:2]]:
        case ["permalink.php" | "story.php", *_]:
            found, owner = _id(query.get("story_fbid", "")), query.get("id", "")
            of_owner = f"&id={owner}" if _OWNER.fullmatch(owner) else ""
            return _identified(found, f"/permalink.php?story_fbid={found}{of_owner}", _handle(owner)) if found else None
        case ["photo.php" | "photo", *_] if found := _id(query.get("fbid", "")):
            return _identified(found, f"/photo/?fbid={found}")
        case ["watch"] | ["watch", "live"] | ["video.php", *_] | ["video", "video.php"] if found := _id(
            query.get("v", "")
        ):
            return _identified(found, f"/watch/?v={found}")
        case ["video", "embed"] if found := _id(query.get("video_id", "")):
            return _identified(found, f"/watch/?v={found}")
    return None


def _short(steps: list[str], query: dict[str, str]) -> Post | None:
    """What names a post, yet by no id of it: links made for sharing, albums."""
    match steps:
        case ["share", "p" | "v" | "r" as kind, code] if _CODE.fullmatch(code):
            return Post("facebook", permalink=f"{_BASE}/share/{kind}/{code}/")
        case ["media", "set", *_] if _OWNER.fullmatch(album := query.get("set", "")):
            return Post("facebook", permalink=f"{_BASE}/media/set/?set={album}")
    return None


def _by_path(steps: list[str]) -> Post | None:
    """What an address of steps names: OWNER/posts/ID, with album, title or `pcb.` between, in pages and groups."""
    match steps:
        case ["reel", last, *_] if found := _id(last):
            return _identified(found, f"/reel/{found}")
        case ["groups", group, "posts" | "permalink", last, *_] if (found := _id(last)) and _OWNER.fullmatch(group):
            return _identified(found, f"/groups/{group}/posts/{found}")
        case ["pages" | "people", _, owner, *rest] if owner.isdecimal():
            steps = [owner, *rest]
        case ["pg", *rest]:
            steps = rest
    if len(steps) < 3 or steps[0].lower() in _NO_OWNERS or not _OWNER.fullmatch(steps[0]):
        return None
    owner, kind, *rest = steps
    if kind not in _KINDS:
        return None
    found = next(filter(None, map(_id, rest)), None)
    if found:
        return _identified(found, f"/{owner}/{_KINDS[kind]}/{found}", _handle(owner))
    if kind == "posts" and len(rest) == 1 and _OWNER.fullmatch(rest[0]):
        return _identified(None, f"/{owner}/posts/{rest[0]}", _handle(owner))
    return None


def _id(step: str) -> str | None:
    match = _ID.fullmatch(step)
    return match[1] if match else None


def _handle(owner: str) -> str | None:
    """The page's name in its address; None for a number, which is an account's and no name."""
    return owner if _SLUG.fullmatch(owner) and owner.lower() not in _NO_OWNERS else None


def _signature(anchors: list[Tag], to_post: list[Tag]) -> tuple[Tag | None, Tag | None]:
    """The link of the author, and that of the date, which stands after it where there is one."""
    authors = [a for a in anchors if _profile(a)]
    last = to_post[-1] if to_post else None
    places = {a.mem_id: place for place, a in enumerate(anchors)}
    if last:
        before = [a for a in authors if places[a.mem_id] == places[last.mem_id] - 1]
        if before:
            return before[0], last
    after = [a for a in authors if last is None or places[a.mem_id] > places[last.mem_id]]
    return (after[-1] if after else None), None


def _profile(anchor: Tag) -> str | None:
    """The address of a page or person that a link leads to; None for any other link."""
    address = _address(soup.attr(anchor, "href"))
    if address is None or not _HOST.fullmatch(address[0]):
        return None
    match address[1]:
        case ["profile.php"] if (number := address[2].get("id", "")).isdecimal():
            return f"{_BASE}/profile.php?id={number}"
        case [owner] if _OWNER.fullmatch(owner) and owner.lower() not in _NO_OWNERS:
            return f"{_BASE}/{owner}"
        case ["pages" | "people", name, number] if number.isdecimal():
            return f"{_BASE}/{address[1][0]}/{name}/{number}"
    return None


def _following(tag: Tag) -> str:
    """The words after a tag within its parent."""
    words = soup.text(tag)
    return soup.text(tag.parent).rpartition(words)[2] if tag.parent and words else ""


def _identified(platform_id: str | None, path: str, handle: str | None = None) -> Post:
    author = f"{_BASE}/{handle}" if handle else None
    return Post("facebook", platform_id=platform_id, permalink=_BASE + path, handle=handle, author_url=author)


PLATFORM = Platform(
    name="facebook",
    sites=("facebook", "fb"),
    hints=hints(
        r"fb->(?:post|video) fb:>(?:post|video) fb.watch amp->facebook "
        r"facebook.com~(?:/(?:posts|videos|photos|permalink|reel)/|/share/[pvr]/|/photo(?:/|\?|%3F)|/watch|/media/set"
        r"|/plugins/(?:post|video)|/video/embed|story_fbid|(?:permalink|photo|video)\.php)"
    ),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(
        Shape("xfbml", r"div.fb-post, div.fb-video, fb\:post, fb\:video", _xfbml),
        Shape("amp", "amp-facebook[data-href]", _xfbml),
    ),
    complete=complete,
)
