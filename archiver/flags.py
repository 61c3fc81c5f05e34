"""What is odd about a post in a page: flags."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from archiver import dates
from archiver.model import Embed, Page, Post
from archiver.platforms import PLATFORMS, Clock

__all__ = ["FLAGS", "Flag", "of"]


class Flag(NamedTuple):
    """A flag and its meaning, as docs/glossary.md has it: what it says, what follows from it, and what does not."""

    name: str
    says: str
    proves: str
    not_proves: str


FLAGS = (
    Flag(
        "date_differs",
        "The date shown is not the day in the post's id: of an official tweet its UTC day, of other embeds its day in "
        "no time zone at all, or, where posts may be younger than their ids, more than a day before it.",
        "Date and id do not belong together: one of them was changed, mistyped or taken from another post. Of 111 "
        "official tweets none has this flag.",
        "Which of the two is wrong, or on purpose. Bluesky's ids are chosen by the author's program; imported posts "
        "keep an older date.",
    ),
    Flag(
        "impossible_id",
        "The id is one that the platform never gave (of tweets those between the last counted id and the first with a "
        "clock), or was made more than a day after the page was captured.",
        "No post had this id when the page was captured.",
        "That the post was made up: a digit may be missing, or the capturing computer's clock be wrong.",
    ),
    Flag(
        "handle_differs",
        "The link to the post names another account than the signature.",
        "Link and signature were not made by the platform in one go.",
        "Fraud: accounts are renamed, and the platform opens a post under any name before its id. Names that stand for "
        "none (`i`, `user`, the outlet's own) are not counted.",
    ),
    Flag(
        "newer_than_article",
        "The post is more than a day younger than the article says it is. Plain links, often a sidebar's, are not "
        "compared.",
        "The embed was not in the article when it was first published.",
        "That the change was hidden: live blogs and updated articles have such embeds, and some pages misstate their "
        "date.",
    ),
    Flag(
        "placeholder_text",
        "Instead of the post the embed shows words of a publishing system, such as “Tweet may have been deleted”.",
        "Whoever made the page could not show the post, or did not ask for it.",
        "That the post is deleted: such systems write this where a lookup failed, whatever the reason.",
    ),
    Flag(
        "json_unattributed",
        "The post stands in the page's JSON, and nothing there tells to which article it belongs.",
        "Nothing.",
        "That the article shows it: it may be another article's, told beside this one.",
    ),
)
"""Every flag there is, in the order in which they stand. None is a verdict, and no post is left out for one."""

_DAY = timedelta(days=1)
_WEST, _EAST = timedelta(hours=12), timedelta(hours=14)  # the farthest time zones from UTC
_CLOCKS = {platform.name: platform.clock for platform in PLATFORMS if platform.clock}
_NOBODY = frozenset(  # what stands for a handle in links that programs make
    "i x web twitter status statuses user username anyuser screen_name handle null none undefined".split()
)


def of(embed: Embed, page: Page, captured_at: datetime) -> tuple[str, ...]:
    """The flags of an embed: those that it has already, from its reader, with those that its page and id tell."""
    post, clock = embed.post, _CLOCKS.get(embed.post.platform)
    told = {
        "date_differs": clock is not None and _date_differs(post, clock, embed.shape),
        "impossible_id": clock is not None and _is_impossible(post, clock, captured_at),
        "handle_differs": _handle_differs(post, page.outlet),
        "newer_than_article": embed.shape != "link" and _is_newer(post, page.published_at),
    }
    known = {flag.name for flag in FLAGS if told.get(flag.name) or flag.name in embed.flags}
    return (*(f.name for f in FLAGS if f.name in known), *(name for name in embed.flags if name not in known))


def _date_differs(post: Post, clock: Clock, shape: str) -> bool:
    made = clock.moment(post.platform_id) if post.platform_id else None
    shown = _day_shown(post)
    if made is None or shown is None:
        return False
    if clock.is_lower_bound:
        return shown < (made - _DAY).date()
    if shape in clock.utc_shapes:
        return shown != made.date()
    return not (made - _WEST).date() <= shown <= (made + _EAST).date()


def _day_shown(post: Post) -> date | None:
    """The day that the embed prints, in words that mean one day in every language, or tells in an attribute."""
    day = dates.day(post.date_shown) if post.date_shown else None
    return day or (post.posted_at.date() if post.posted_at and post.time_source == "embed_datetime" else None)


def _is_impossible(post: Post, clock: Clock, captured_at: datetime) -> bool:
    if not post.platform_id:
        return False
    if clock.is_impossible and clock.is_impossible(post.platform_id):
        return True
    made = clock.moment(post.platform_id)
    return made is not None and made - captured_at > _DAY


def _handle_differs(post: Post, outlet: str | None) -> bool:
    if not post.handle or not post.url_handle:
        return False
    linked = post.url_handle.casefold()
    return linked != post.handle.casefold() and linked not in _NOBODY and linked != (outlet or "").partition(".")[0]


def _is_newer(post: Post, published_at: datetime | None) -> bool:
    """Whether a post is surely more than a day younger; a page's time of exactly midnight may stand for its day."""
    if post.posted_at is None or published_at is None:
        return False
    is_day = published_at.timetz().replace(tzinfo=None) == time()
    return post.posted_at - published_at > (2 * _DAY if is_day else _DAY)
