"""Instagram: permalinks, official blockquotes, AMP, signatures in text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from archiver import soup, urls
from archiver.model import Post
from archiver.platforms import _shown, _snowflake
from archiver.platforms._base import Clock, Platform, Shape, Signature, hints
from archiver.soup import Tag

_HOST = r"(?:https?:)?//(?:(?:www|m|mobile|web)\.)?(?:instagram\.com|instagr\.am)(?::\d+)?/+"
_PERMALINK = re.compile(
    rf"{_HOST}(?:(?!share/)([A-Za-z0-9._]{{1,30}})/)?(?:p|tv|reels?(?!/audio\b))/([A-Za-z0-9_-]{{2,64}})(?![A-Za-z0-9_-])",
    re.ASCII | re.IGNORECASE,
)
_FRAME = re.compile(r"/+embed(?:/+captioned)?/*(?:[?#]|$)", re.IGNORECASE)
_PROFILE = re.compile(rf"{_HOST}([A-Za-z0-9._]{{1,30}})/*(?:[?#]|$)", re.ASCII | re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w.@/])@([A-Za-z0-9_](?:[A-Za-z0-9._]{0,28}[A-Za-z0-9_])?)", re.ASCII)

_MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # around names in Hebrew and Arabic
_HANDLE = re.compile(
    rf"[(（][{_MARKS}]{{0,4}}@[{_MARKS}]{{0,4}}([A-Za-z0-9._]{{1,30}})[{_MARKS}]{{0,4}}[)）]", re.ASCII
)
# What the official markup has said around the author's name, by language; in any other language the name is not told.
_BEFORE_NAME = re.compile(
    r"(?:A (?:post|photo|video) (?:posted|shared) by|Ein (?:Beitrag|Foto|Video) geteilt von"
    r"|Une (?:publication partagée|photo publiée|vidéo publiée) par"
    r"|Una (?:publicación compartida (?:de|por)|foto publicada por)|Un v[ií]deo publicado por"
    r"|Un post condiviso da|Una foto pubblicata da|Un video pubblicato da"
    r"|Uma (?:publicação (?:com)?partilhada|publicação compartilhada|foto publicada) por"
    r"|Um (?:post compartilhado|vídeo publicado) por|Een bericht gedeeld door"
    r"|Een (?:foto|video) die is geplaatst door|Ett inlägg delat av|Et opslag delt af|Et innlegg delt av"
    r"|Post udostępniony przez|Sebuah kiriman dibagikan oleh|Публикация от)\s+",
)
_AFTER_HANDLE = re.compile(
    r"\s*(?:által (?:közzétett|megosztott)\b|['’][iıuü]n paylaştığı|tarafından paylaşılan"
    r"|(?:さん)?がシェアした|님의 공유|分享的)"
)
_NAME_AT_MOST = 100  # characters; Instagram allows 64, with room for emoji
_SIGNATURE_AT_MOST = 300
_PLACEHOLDERS = frozenset(  # what stands above a post's caption since 2019, also in plain copies of pages
    (
        "View this post on Instagram",
        "Sieh dir diesen Beitrag auf Instagram an",
        "Voir cette publication sur Instagram",
        "Ver esta publicación en Instagram",
        "Visualizza questo post su Instagram",
        "Bekijk dit bericht op Instagram",
        "この投稿をInstagramで見る",
    )
)
_FIRST_WITH_PLACEHOLDER = 12  # the version of the markup
_PARAGRAPH_AT_MOST = 5000  # characters; Instagram allows 2,200


def parse_permalink(url: str) -> Post | None:
    """The post, reel or film that a URL names; None for profiles, hashtags, stories and any other URL."""
    match = _PERMALINK.match(urls.unwrap(url))
    return _identified(match[2], match[1]) if match else None


def parse_frame(url: str) -> Post | None:
    """The post that the address of an official iframe shows."""
    url = urls.unwrap(url)
    match = _PERMALINK.match(url)
    return _identified(match[2], match[1]) if match and _FRAME.match(url, match.end()) else None


def signatures(text: str) -> Iterator[Signature]:
    """Every line `A photo posted by Name (@handle) on Dec 1, 2016 at 5:05pm PST`, in the languages known.

    A caption is told only where the markup's own placeholder stands above it: without one, the paragraph above may be
    the article's.
    """
    for match in _HANDLE.finditer(text):
        floor = max(0, match.start() - _SIGNATURE_AT_MOST)
        start = max(text.rfind("\n", floor, match.start()) + 1, floor)
        end = text.find("\n", match.end(), match.end() + _SIGNATURE_AT_MOST)
        line = text[start : end if end >= 0 else match.end() + _SIGNATURE_AT_MOST]
        signed = _signed(line)
        if signed is None or signed.name is None or signed.handle != match[1]:
            continue
        date = _shown.first_date(signed.after)
        if date is None and _BEFORE_NAME.match(line) and signed.after.strip(" .\t"):
            continue  # a sentence about a post
        above = _captioned_above(text, start)
        post = Post("instagram", handle=signed.handle, author_name=signed.name, date_shown=date.shown if date else None)
        if above:
            yield Signature(above[0], start + len(line), replace(post, text=above[1]), alone=True)
        else:
            yield Signature(start, start + len(line), post, alone=True)


def complete(post: Post) -> Post:
    """The post with what its handle, date and text tell."""
    author = f"https://www.instagram.com/{post.handle}/" if post.handle else None
    return _shown.captioned(_shown.dated(replace(post, author_url=author)), _mentions)


def _blockquote(tag: Tag) -> Post | None:
    """The official blockquote: placeholder, caption, then a line with the name, (@handle) and date."""
    to_post = [(a, post) for a in soup.links(tag) if (post := parse_permalink(soup.attr(a, "href")))]
    post = parse_permalink(soup.attr(tag, "data-instgrm-permalink")) or (to_post[0][1] if to_post else None)
    if post is None:
        return None
    words = soup.text(tag)
    signed = _signed(words.rpartition("\n")[2])
    moment = soup.first(tag, "time")
    shown = soup.text(moment) if moment else ""
    if signed:
        found = None if shown else _shown.first_date(signed.after)
        linked = [soup.text(a) for a in soup.links(tag) if _names(soup.attr(a, "href"), signed.handle)]
        named = next((name for name in linked if name), None)
        post = replace(post, handle=signed.handle, author_name=named or signed.name, url_handle=post.handle)
        post = replace(post, text=_caption(tag, words, [soup.text(a) for a, _ in to_post]))
        shown = shown or (found.shown if found else "")
    post = replace(post, date_shown=shown or None)
    return complete(_shown.timed(post, soup.attr(moment, "datetime")) if moment else post)


def _amp(tag: Tag) -> Post | None:
    code = soup.attr(tag, "data-shortcode")
    return parse_permalink(f"https://www.instagram.com/p/{code}/")


class _Signed(NamedTuple):
    """A signature: who signs, the name where the words around it are known, and the words after the handle."""

    handle: str
    name: str | None
    after: str


def _signed(line: str) -> _Signed | None:
    """What a line tells when it is `... Name (@handle) ...`: the last handle of the line counts."""
    if len(line) > _SIGNATURE_AT_MOST or not (found := list(_HANDLE.finditer(line))):
        return None
    last = found[-1]
    before, after = line[: last.start()], line[last.end() :]
    name = None
    if lead := _BEFORE_NAME.match(before):
        name = before[lead.end() :]
    elif _AFTER_HANDLE.match(after) and not before.rstrip().endswith("さん"):  # of the markup, or of the name?
        name = before
    name = " ".join(name.strip(_MARKS + " ").split()) if name else None
    return _Signed(last[1], name if name and len(name) <= _NAME_AT_MOST else None, after)


def _names(url: str, handle: str) -> bool:
    match = _PROFILE.match(urls.unwrap(url))
    return bool(match) and match[1].lower() == handle.lower() if match else False


def _caption(tag: Tag, words: str, linked: list[str]) -> str | None:
    """The caption of a signed blockquote: the last words linked to the post, unless they are placeholder or signature.

    The placeholder of the newer markup is in any language the first words of all.
    """
    told = [
        shown
        for shown in linked
        if shown and not (_HANDLE.search(shown) and words.rpartition("\n")[2].startswith(shown))
    ]
    version = soup.attr(tag, "data-instgrm-version")
    is_old = version.isdecimal() and len(version) < 4 and int(version) < _FIRST_WITH_PLACEHOLDER
    if not told or not (is_old or words.find(told[-1]) > 0):
        return None
    return told[-1]


def _captioned_above(text: str, end: int) -> tuple[int, str] | None:
    """Where the placeholder stands that begins an embed signed at `end`, and the caption between."""
    window = max(0, end - _PARAGRAPH_AT_MOST)
    above = text[window:end]
    at = len(above)
    caption: list[str] = []
    for line in reversed(above.split("\n")[:-1]):
        at -= len(line) + 1
        if " ".join(line.split()) in _PLACEHOLDERS:
            words = soup.squeeze("\n".join(reversed(caption)))
            return (window + at, words) if words else None
        if _HANDLE.search(line) and (signed := _signed(line)) and signed.name:
            return None  # another post's signature
        caption.append(line)
    return None


def _mentions(text: str) -> list[str]:
    return _MENTION.findall(text)


def _identified(code: str, handle: str | None) -> Post:
    moment = _snowflake.instagram(code)
    return Post(
        "instagram",
        platform_id=code,
        permalink=f"https://www.instagram.com/p/{code}/",
        handle=handle,
        author_url=f"https://www.instagram.com/{handle}/" if handle else None,
        posted_at=moment,
        time_source="id_lower_bound" if moment else None,
        time_precision="millisecond" if moment else None,
    )


PLATFORM = Platform(
    name="instagram",
    sites=("instagram", "instagr"),
    hints=hints("instagram-media amp->instagram instagr.am instagram.com~/(?:p/|tv/|reel)"),
    parse_permalink=parse_permalink,
    ids=(
        re.compile(r"(?:\\*/|\\+u002[fF]|%2[fF])(?:p|reel|reels|tv)(?:\\*/|\\+u002[fF]|%2[fF])([\w-]{5,40})", re.ASCII),
    ),
    parse_frame=parse_frame,
    shapes=(
        Shape("blockquote", "blockquote.instagram-media", _blockquote),
        Shape("amp", "amp-instagram[data-shortcode]", _amp),
    ),
    signatures=signatures,
    complete=complete,
    clock=Clock(_snowflake.instagram, is_lower_bound=True),
)
