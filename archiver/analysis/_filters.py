"""Filters in words."""

from __future__ import annotations

from collections.abc import Iterable

from archiver.store.questions import Filter, View

__all__ = ["words"]


def words(about: Filter, view: View) -> str:
    """What a filter chooses, as a reader is told it."""
    where = " in their own text" if about.in_post_only else ""
    posts = [
        f"with {_any(_tag(tag) for tag in about.hashtags)}{where}" if about.hashtags else "",
        f"by {_any(about.authors)}" if about.authors else "",
        f"on {_any(about.platforms)}" if about.platforms else "",
        f"with the words {about.search}" if about.search else "",
    ]
    dated = [
        f"in the language {_any(about.langs)}" if about.langs else "",
        _dates(about.since, about.until, "posted" if view == "posts" else "published"),
    ]
    outlets = _any(about.outlets)
    if view == "posts":
        told = ["embedded posts", *posts, *dated, f"in articles of {outlets}" if outlets else ""]
    else:
        held = " ".join(filter(None, posts))
        told = [
            "articles",
            f"of {outlets}" if outlets else "",
            *dated,
            f"; of their embeds those {held}" if held else "",
        ]
    chosen = ", ".join(filter(None, told)).replace(", ;", ";").replace(",", "", 1)
    tags = "" if about.hashtags or not about.in_post_only else "; hashtags in posts' own text only"
    return (f"all {chosen}" if chosen in ("articles", "embedded posts") else chosen) + tags


def _tag(tag: str) -> str:
    return f"#{tag.lstrip('#＃')}"


def _any(values: Iterable[str]) -> str:
    return " or ".join(values)


def _dates(since: str | None, until: str | None, verb: str) -> str:
    if since and until:
        return f"{verb} from {since} to {until}"
    return f"{verb} from {since} on" if since else f"{verb} until {until}" if until else ""
