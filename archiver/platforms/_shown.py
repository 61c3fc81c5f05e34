"""What an embed prints, to a post's fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time

from archiver import dates, entities
from archiver.model import DateShown, Link, Post

__all__ = ["captioned", "dated", "first_date", "timed"]

_WORD = re.compile(r"\S+")
_WORDS_BEFORE_DATE = 6  # "on", "am", "- publiée le": what a language puts between an author and a date


def dated(post: Post, lang: str | None = None) -> Post:
    """The post with the day that its `date_shown` names, where no better time is known.

    It is the day of whoever made the embed, in a zone that the embed does not tell.
    """
    if post.posted_at is not None or not post.date_shown or not (day := dates.day(post.date_shown, lang)):
        return post
    moment = datetime.combine(day, time(), UTC)
    return replace(post, posted_at=moment, time_source="embed_text_local", time_precision="day")


def timed(post: Post, told: str) -> Post:
    """The post with the moment that a `datetime` attribute tells; unchanged where it is broken or has no zone."""
    try:
        moment = datetime.fromisoformat(told)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return post
    if not moment.tzinfo or not dates.FIRST_YEAR <= moment.year <= dates.LAST_YEAR:
        return post
    return replace(post, posted_at=moment, time_source="embed_datetime", time_precision="second")


def captioned(post: Post, mentions: Callable[[str], list[str]] | None = None) -> Post:
    """The post with the hashtags, mentions and links that its text tells, where its own links tell none."""
    if not post.text:
        return post
    return replace(
        post,
        hashtags=post.hashtags or tuple(dict.fromkeys(entities.hashtags(post.text))),
        mentions=post.mentions or tuple(dict.fromkeys(mentions(post.text) if mentions else ())),
        links=post.links or tuple(Link(None, shown, None) for shown in entities.links(post.text)),
    )


def first_date(words: str) -> DateShown | None:
    """The date that begins with one of the first words, whatever the words before it; None where there is none."""
    for count, word in enumerate(_WORD.finditer(words)):
        if count > _WORDS_BEFORE_DATE:
            break
        if found := dates.leading(words[word.start() : word.start() + 200]):
            return found
    return None
