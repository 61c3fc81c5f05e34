"""Articles with embeds, and the forms of embeds over time."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from archiver.analysis import _periods
from archiver.analysis._answers import Answer, Picture, answer, share
from archiver.analysis._periods import By
from archiver.store.questions import Filter, ask

__all__ = ["Form", "Group", "Grouping", "forms", "shares"]

Grouping = Literal["outlet", "section", "platform", "day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Group:
    """Some articles, how many of them embed posts, and how many embeds they hold. None: the pages do not tell it."""

    group: str | None
    n_articles: int
    n_with_embeds: int
    share: float | None
    n_embeds: int
    embeds_per_article: float | None


@dataclass(frozen=True, slots=True)
class Form:
    """A platform's embeds of one form in articles of a period; `share` is of all embeds of the period."""

    period: str | None
    platform: str
    form: str
    n_embeds: int
    share: float | None


def shares(archive: sqlite3.Connection, about: Filter, by: Grouping = "outlet", limit: int = -1) -> Answer[Group]:
    """How many articles embed posts, by outlet, section, platform or time of publication, and last of all together."""
    if by == "outlet" or by == "section" or by == "platform":
        rows = [_group(*told) for told in ask(archive, about, "articles", f"articles_by_{by}")]
        picture = Picture(("group",), "share")
    else:
        rows = _by_period(archive, about, by)
        picture = Picture(("group",), "share", by)
    kept = rows[: limit if limit >= 0 else None]
    _, n_embeds, n_pages, n_with, _ = next(ask(archive, about, "articles", "sizes"))
    kept.append(_group("all articles", n_pages, n_with, n_embeds))
    titled = (f"embeds-by-{by}", f"Articles with embeds, by {by}")
    of = "{articles:,} articles in the archive that the filter allows, {articles_with:,} of them with such embeds"
    note = "a share is of the articles that were archived: were they chosen for their embeds, it says nothing"
    alone = "an article may embed posts of several platforms" if by == "platform" else ""
    return answer(archive, about, "articles", titled, Group, kept, of, note, alone, picture=picture)


def forms(archive: sqlite3.Connection, about: Filter, by: By = "year") -> Answer[Form]:
    """In which forms posts of which platforms are embedded, by the time of the articles' publication."""
    cut = _periods.length(by)
    counts: Counter[tuple[str | None, str, str]] = Counter()
    totals: Counter[str | None] = Counter()
    for day, platform, form, n in ask(archive, about, "articles", "forms", length=cut):
        period = _periods.named(day, by) if day else None
        counts[period, platform, form] += n
        totals[period] += n
    ordered = sorted(counts.items(), key=lambda e: (e[0][0] is None, e[0][0] or "", -e[1], *e[0][1:]))
    rows = [Form(*told, n, share(n, totals[told[0]])) for told, n in ordered]
    titled = ("embeds-forms", f"Forms of embeds by {by} of publication")
    of = "{embeds:,} embeds; each share is of those of its " + by
    picture = Picture(("period",), "n_embeds", by, ("platform", "form"))
    return answer(archive, about, "articles", titled, Form, rows, of, picture=picture)


def _by_period(archive: sqlite3.Connection, about: Filter, by: By) -> list[Group]:
    sums: dict[str | None, list[int]] = {}
    for day, *told in ask(archive, about, "articles", "articles_by_period", length=_periods.length(by)):
        known = sums.setdefault(_periods.named(day, by) if day else None, [0, 0, 0])
        known[:] = (a + b for a, b in zip(known, told, strict=True))
    return [_group(period, *told) for period, told in sorted(sums.items(), key=lambda e: (e[0] is None, e[0] or ""))]


def _group(name: str | None, n_pages: int, n_with: int, n_embeds: int) -> Group:
    return Group(name, n_pages, n_with, share(n_with, n_pages), n_embeds, share(n_embeds, n_pages))
