"""Every answer against a count in plain Python, on random archives."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import astuple
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import analysis
from archiver.analysis import Filter, syndication
from archiver.analysis._inequality import gini
from archiver.analysis._quantiles import quartiles
from tests.analysis.small import Article, Shown, archive_of, articles, filters, pages

Pair = tuple[Shown, Article]
RANDOM = settings(max_examples=40, deadline=None)


class Chosen:
    """What a filter leaves, by its words alone: pairs of a post and an article that embeds it."""

    def __init__(self, told: Sequence[Article], about: Filter, view: str = "posts") -> None:
        self.around: dict[Shown, set[str]] = defaultdict(set)
        for article in told:
            for shown in article.posts + article.linked:
                self.around[shown] |= set(article.around)
        self._about, self._view = about, view
        self.articles = [a for a in told if self._has_article(a)]
        self.pairs = [(s, a) for a in self.articles for s in a.posts if self._has_post(s)]
        self.posts = sorted({s for s, _ in self.pairs}, key=lambda s: s.number)

    def tags(self, shown: Shown) -> set[str]:
        return set(shown.tags) | (set() if self._about.in_post_only else self.around[shown])

    def _has_post(self, shown: Shown) -> bool:
        about = self._about
        tags = {tag.lstrip("#").lower() for tag in about.hashtags}
        return (
            (not tags or bool(tags & {tag.lower() for tag in self.tags(shown)}))
            and (not about.authors or any(_is_author(shown, author) for author in about.authors))
            and (not about.platforms or shown.platform in about.platforms)
            and (self._view != "posts" or self._in_time(shown))
        )

    def _has_article(self, article: Article) -> bool:
        outlets = {outlet.removeprefix("www.") for outlet in self._about.outlets}
        return (not outlets or article.outlet in outlets) and (self._view == "posts" or self._in_time(article))

    def _in_time(self, thing: Shown | Article) -> bool:
        about, at = self._about, thing.at.isoformat() if thing.at else None
        lang = (thing.lang or "").lower()
        return (
            (not about.langs or any(lang == x or lang.startswith(f"{x}-") for x in about.langs))
            and (about.since is None or (at is not None and at[: len(about.since)] >= about.since))
            and (about.until is None or (at is not None and at[: len(about.until)] <= about.until))
        )


def _is_author(shown: Shown, author: str) -> bool:
    platform, _, handle = author.rpartition(":")
    known = (shown.author or "").lower() == handle.lstrip("@").lower() and shown.author is not None
    return known and platform in ("", shown.platform)


def near(told: object) -> object:
    return pytest.approx(told, abs=2e-4) if isinstance(told, float) else told


def alike(rows: Sequence[object], expected: Sequence[tuple[object, ...]], *, ordered: bool = True) -> None:
    found = [astuple(row) for row in rows]  # type: ignore[call-overload]
    if not ordered:
        found, expected = sorted(found, key=repr), sorted(expected, key=repr)
    assert len(found) == len(expected)
    for row, wanted in zip(found, expected, strict=True):
        assert row == tuple(near(value) for value in wanted)


def part(n: float, of: float) -> float | None:
    return n / of if of else None


@RANDOM
@given(articles(), filters())
def test_hashtags(told: list[Article], about: Filter) -> None:
    chosen = Chosen(told, about)
    expected = []
    for tag in {tag for s in chosen.posts for tag in chosen.tags(s)}:
        having = [s for s in chosen.posts if tag in chosen.tags(s)]
        own = [s for s in having if tag in s.tags]
        times = sorted(s.at for s in own if s.at)
        authors = {(s.platform, s.author) for s in having if s.author}
        uses = [at.isoformat().replace("+00:00", "Z") for at in times[:1] + times[-1:]] or [None, None]
        n, of = len(having), len(chosen.posts)
        expected.append((tag, n, len(own), n - len(own), len(authors), part(n, of), *uses))
    expected.sort(key=lambda row: (-row[1], row[0].lower()))
    with archive_of(pages(told)) as archive:
        found = analysis.hashtags.top(archive, about, -1)
        assert len(analysis.hashtags.top(archive, about, 1).rows) == min(1, len(expected))
    assert found.denominator == f"{len(chosen.posts)} embedded posts"
    alike(found.rows, expected)


@RANDOM
@given(articles(), filters(), st.sampled_from(("day", "week", "month", "year")))
def test_hashtags_by_period(told: list[Article], about: Filter, by: str) -> None:
    chosen = Chosen(told, about)

    def period(s: Shown) -> str:
        assert s.at
        if by == "week":
            return f"{s.at:%G}-W{s.at:%V}"
        return f"{s.at:{'%Y-%m-%d' if by == 'day' else '%Y-%m' if by == 'month' else '%Y'}}"

    dated = [s for s in chosen.posts if s.at]
    sizes = Counter(map(period, dated))
    counts = Counter((period(s), tag) for s in dated for tag in chosen.tags(s))
    own = Counter((period(s), tag) for s in dated for tag in s.tags)
    expected = [(p, t, n, own[p, t], n / sizes[p]) for (p, t), n in counts.items()]
    expected.sort(key=lambda row: (row[0], -row[2], row[1]))
    with archive_of(pages(told)) as archive:
        found = analysis.hashtags.by_period(archive, about, by, -1)  # type: ignore[arg-type]
    alike(found.rows, expected)
    assert found.notes[0].startswith(f"{len(chosen.posts) - len(dated)} posts of unknown time")


@RANDOM
@given(articles(), filters())
def test_changes(told: list[Article], about: Filter) -> None:
    chosen = Chosen(told, about)
    uses = [(tag, s.at.date() if s.at else None) for s in chosen.posts for tag in chosen.tags(s)]
    then = Counter(tag for tag, day in uses if day and day.month == 10)
    now = Counter(tag for tag, day in uses if day and date(2017, 11, 1) <= day < date(2017, 12, 16))
    everywhere = Counter(tag for tag, _ in uses)
    expected = []
    for tag in then | now:
        alpha = 50 * everywhere[tag] / everywhere.total()
        y, x = now[tag] + alpha, then[tag] + alpha
        rest_y, rest_x = now.total() + 50 - y, then.total() + 50 - x
        odds = math.log(y / rest_y) - math.log(x / rest_x) if rest_x > 1e-9 and rest_y > 1e-9 else 0.0
        shares = part(then[tag], then.total()), part(now[tag], now.total())
        expected.append((tag, then[tag], now[tag], *shares, odds, odds / math.sqrt(1 / y + 1 / x)))
    with archive_of(pages(told)) as archive:
        found = analysis.hashtags.changes(archive, about, "2017-10", "2017-11..2017-12-15", -1, prior=50)
    assert [row.z for row in found.rows] == sorted((row.z for row in found.rows), reverse=True)
    alike(found.rows, expected, ordered=False)


@RANDOM
@given(articles(), filters(), st.integers(1, 2))
def test_pairs_of_hashtags(told: list[Article], about: Filter, minimum: int) -> None:
    chosen = Chosen(told, about)
    n = len(chosen.posts)
    expected = []
    for a, b in combinations(sorted({tag for s in chosen.posts for tag in chosen.tags(s)}), 2):
        cells = Counter((a in chosen.tags(s), b in chosen.tags(s)) for s in chosen.posts)
        both, n_a, n_b = (
            cells[True, True],
            cells[True, True] + cells[True, False],
            cells[True, True] + cells[False, True],
        )
        if both >= minimum:
            g2 = 0.0
            for (has_a, has_b), seen in cells.items():
                chance = (n_a if has_a else n - n_a) * (n_b if has_b else n - n_b) / n
                g2 += 2 * seen * math.log(seen / chance)
            names = sorted(((a, n_a), (b, n_b)), key=lambda each: (-each[1], each[0]))
            numbers = (both, names[0][1], names[1][1], math.log2(both * n / (n_a * n_b)), g2)
            expected.append((names[0][0], names[1][0], *numbers))
    expected.sort(key=lambda row: (-row[2], row[0], row[1]))
    with archive_of(pages(told)) as archive:
        alike(analysis.cooccurrence.pairs(archive, about, -1, minimum).rows, expected)


@RANDOM
@given(articles(), filters())
def test_authors_and_outlets(told: list[Article], about: Filter) -> None:
    chosen = Chosen(told, about)
    n = len(chosen.posts)

    def sizes(pairs: list[Pair]) -> tuple[int, int, int]:
        return len({s for s, _ in pairs}), len(pairs), len({a for _, a in pairs})

    authors, outlets, ties = [], [], []
    for platform, name in {(s.platform, s.author) for s in chosen.posts if s.author}:
        mine = [(s, a) for s, a in chosen.pairs if (s.platform, s.author) == (platform, name)]
        shared = len({a.outlet for _, a in mine if a.outlet})
        authors.append((platform, name, name, *sizes(mine), shared, part(sizes(mine)[0], n)))
    for outlet in {a.outlet for _, a in chosen.pairs if a.outlet}:
        mine = [(s, a) for s, a in chosen.pairs if a.outlet == outlet]
        writers = {(s.platform, s.author) for s, _ in mine if s.author}
        outlets.append((outlet, None, *sizes(mine), len(writers), part(sizes(mine)[0], n)))
        for platform, name in writers:
            both = [(s, a) for s, a in mine if (s.platform, s.author) == (platform, name)]
            ties.append((outlet, platform, name, *sizes(both)))
    with archive_of(pages(told)) as archive:
        alike(analysis.authors.top(archive, about, -1).rows, authors, ordered=False)
        alike(analysis.outlets.top(archive, about, -1).rows, outlets, ordered=False)
        alike(analysis.outlets.ties(archive, about, -1).rows, ties, ordered=False)
        assert [row.n_posts for row in analysis.outlets.ties(archive, about, 3).rows] == sorted(
            (row[3] for row in ties), reverse=True
        )[:3]
        measured = {row.measure: row.value for row in analysis.outlets.concentration(archive, about).rows}
    assert measured["outlets"] == len(outlets)
    assert measured["Gini coefficient"] == near(_gini([row[2] for row in outlets]))


def _gini(sizes: list[int]) -> float | None:
    """By its definition: half the mean difference between any two, in means."""
    if not sizes:
        return None
    differences = sum(abs(a - b) for a in sizes for b in sizes) / len(sizes) ** 2
    return differences / (2 * sum(sizes) / len(sizes))


@RANDOM
@given(articles(), filters())
def test_what_outlets_share(told: list[Article], about: Filter) -> None:
    chosen = Chosen(told, about)
    held = {o: {s for s, a in chosen.pairs if a.outlet == o} for o in {a.outlet for _, a in chosen.pairs if a.outlet}}
    overlap = [
        (a, b, len(held[a]), len(held[b]), len(held[a] & held[b]), len(held[a] & held[b]) / len(held[a] | held[b]))
        for a, b in combinations(sorted(held), 2)
        if held[a] & held[b]
    ]
    reach = Counter(len({a.outlet for other, a in chosen.pairs if other == s and a.outlet}) for s in chosen.posts)
    first: dict[str, Counter[str]] = {"shared": Counter(), "alone": Counter(), "tied": Counter()}
    for s in chosen.posts:
        dated = [a for other, a in chosen.pairs if other == s and a.outlet and a.at]
        if len({a.outlet for a in dated}) > 1:
            never_beaten = {
                a.outlet for a in dated if not any(_surely_before(b, a) for b in dated if b.outlet != a.outlet)
            }
            never_beaten -= {
                a.outlet for a in dated if not any(x.outlet == a.outlet and _may_lead(x, dated) for x in dated)
            }
            first["shared"].update({str(a.outlet) for a in dated})
            first["alone" if len(never_beaten) == 1 else "tied"].update(map(str, never_beaten))
    firsts = [
        (o, n, first["alone"][o], first["tied"][o], part(first["alone"][o], n)) for o, n in first["shared"].items()
    ]
    with archive_of(pages(told)) as archive:
        alike(analysis.outlets.overlap(archive, about, -1).rows, overlap, ordered=False)
        alike(
            analysis.outlets.reach(archive, about).rows,
            [(k, n, part(n, len(chosen.posts))) for k, n in sorted(reach.items())],
        )
        farthest = analysis.outlets.farthest(archive, about, -1).rows
        alike(analysis.outlets.firsts(archive, about, -1).rows, firsts, ordered=False)
    assert Counter(row.n_outlets for row in farthest) == reach


def _surely_before(one: Article, other: Article) -> bool:
    assert one.at
    assert other.at
    if one.is_day or other.is_day:
        return one.at.date() < other.at.date()
    return one.at < other.at


def _may_lead(article: Article, dated: list[Article]) -> bool:
    return not any(_surely_before(other, article) for other in dated)


@RANDOM
@given(articles(), filters())
def test_lags(told: list[Article], about: Filter) -> None:
    chosen = Chosen(told, about)
    dated = [(s, a) for s, a in chosen.pairs if s.at and a.at]
    fine = [(a.at - s.at) / timedelta(hours=1) for s, a in dated if not (s.is_day or a.is_day) and a.at and s.at]
    days = [(a.at.date() - s.at.date()).days for s, a in dated if a.at and s.at]
    expected = [
        (unit, len(all_), sum(x < 0 for x in all_), *_quartiles([x for x in all_ if x >= 0]))
        for unit, all_ in (("hours", fine), ("days", days))
    ]
    reused = []
    posts = set()
    for s in chosen.posts:
        times = sorted(a.at for other, a in chosen.pairs if other == s and a.at)
        reused += [(at - times[0]) / timedelta(days=1) for at in times[1:]]
        posts |= {s} if len(times) > 1 else set()
    with archive_of(pages(told)) as archive:
        alike(analysis.lag.summary(archive, about).rows, expected)
        bins = {row.apart: row.n for row in analysis.lag.histogram(archive, about).rows}
        alike(analysis.lag.reuse(archive, about).rows, [(len(posts), len(reused), *_quartiles(reused))])
    by_day = [(a.at.date() - s.at.date()).days for s, a in dated if (s.is_day or a.is_day) and a.at and s.at]
    assert sum(bins.values()) == len(dated)
    assert bins["post newer than article"] == sum(x < 0 for x in fine) + sum(x < 0 for x in by_day)
    assert bins["under 1 hour"] == sum(0 <= x < 1 for x in fine)
    assert bins["same day, hour not known"] == by_day.count(0)
    assert bins["2 to 7 days"] == sum(48 <= x < 168 for x in fine) + sum(2 <= x < 7 for x in by_day)


def _quartiles(values: Sequence[float]) -> tuple[float | None, ...]:
    if not values:
        return None, None, None
    return tuple(statistics.quantiles(list(values) * (1 if len(values) > 1 else 2), n=4, method="inclusive"))


@RANDOM
@given(articles(), filters())
def test_articles_with_embeds(told: list[Article], about: Filter) -> None:
    chosen = Chosen(told, about, "articles")
    embeds = Counter(a.number for _, a in chosen.pairs)

    def groups(key: dict[int, str | None]) -> list[tuple[object, ...]]:
        rows = []
        for group in {key[a.number] for a in chosen.articles}:
            mine = [a for a in chosen.articles if key[a.number] == group]
            n, shown = len(mine), sum(embeds[a.number] for a in mine)
            with_embeds = sum(embeds[a.number] > 0 for a in mine)
            rows.append((group, n, with_embeds, part(with_embeds, n), shown, part(shown, n)))
        return rows

    whole = groups(dict.fromkeys((a.number for a in chosen.articles), "all articles"))
    whole = whole or [("all articles", 0, 0, None, 0, None)]
    keys = {
        "outlet": {a.number: a.outlet for a in chosen.articles},
        "section": {a.number: a.section for a in chosen.articles},
        "month": {a.number: f"{a.at:%Y-%m}" if a.at else None for a in chosen.articles},
        "week": {a.number: f"{a.at:%G}-W{a.at:%V}" if a.at else None for a in chosen.articles},
    }
    platforms = []
    for platform in {s.platform for s, _ in chosen.pairs}:
        mine = [a.number for s, a in chosen.pairs if s.platform == platform]
        n = len(chosen.articles)
        platforms.append((platform, n, len(set(mine)), part(len(set(mine)), n), len(mine), part(len(mine), n)))
    years = Counter((f"{a.at:%Y}" if a.at else None, s.platform) for s, a in chosen.pairs)
    totals = Counter(f"{a.at:%Y}" if a.at else None for _, a in chosen.pairs)
    with archive_of(pages(told)) as archive:
        for by, key in keys.items():
            found = analysis.embeds.shares(archive, about, by).rows  # type: ignore[arg-type]
            alike(found[-1:], whole)
            alike(found[:-1], groups(key), ordered=False)
        alike(analysis.embeds.shares(archive, about, "platform").rows[:-1], platforms, ordered=False)
        forms = [(year, p, "blockquote", n, n / totals[year]) for (year, p), n in years.items()]
        alike(analysis.embeds.forms(archive, about).rows, forms, ordered=False)


@RANDOM
@given(articles(), filters())
def test_how_posts_are_known(told: list[Article], about: Filter) -> None:
    chosen = Chosen(told, about)
    by = Counter("nothing" if not s.at else "embed_text_utc_day" if s.is_day else "id_snowflake" for s in chosen.posts)
    with archive_of(pages(told)) as archive:
        found = analysis.known.sources(archive, about).rows
    assert {row.way: row.n for row in found if row.aspect == "time known by"} == by
    assert {row.way: row.n for row in found if row.aspect == "form of embed"} == (
        {"blockquote": len(chosen.pairs)} if chosen.pairs else {}
    )
    for aspect in {row.aspect for row in found}:
        assert sum(row.share or 0 for row in found if row.aspect == aspect) == pytest.approx(1, abs=1e-4)


@given(st.lists(st.integers(1, 50), max_size=12))
def test_the_gini_coefficient_is_half_the_mean_difference_in_means(sizes: list[int]) -> None:
    assert gini(sizes) == near(_gini(sizes))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12))
def test_quartiles_are_those_of_the_statistics_module(values: list[float]) -> None:
    assert quartiles(sorted(values)) == pytest.approx(_quartiles(values), abs=1e-5)


WORDS = "heron pond grey waits fish stands water reed early light wing silver cloud north river bank".split()


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=5, max_size=14), max_size=8), st.data())
def test_stories_are_articles_joined_by_what_they_have_in_common(drawn: list[list[str]], data: st.DataObject) -> None:
    texts = [" ".join(words) for words in drawn]
    texts += [
        f"{data.draw(st.sampled_from(texts))}{data.draw(st.sampled_from(('', '.', ' AGAIN')))}" for _ in texts[:3]
    ]

    def triples(text: str) -> set[tuple[str, ...]]:
        words = text.lower().rstrip(".").split()
        return set(zip(words, words[1:], words[2:], strict=False)) if len(words) >= 8 else set()

    def is_one(a: str, b: str) -> bool:
        one, other = triples(a), triples(b)
        return bool(one) and bool(other) and len(one & other) >= 0.7 * len(one | other)

    parents = list(range(len(texts)))
    for a, b in combinations(range(len(texts)), 2):
        if is_one(texts[a], texts[b]):
            parents = [parents[a] if p == parents[b] else p for p in parents]
    groups = {frozenset(n for n, p in enumerate(parents) if p == root) for root in parents}
    found: dict[int, set[int]] = defaultdict(set)
    for number, first in syndication.alike(lambda: enumerate(texts)).items():
        found[first].add(number)
    assert all(first == min(members) and len(members) > 1 for first, members in found.items())
    for members in found.values():  # what is found is true
        assert any(members <= group for group in groups)
    for a, b in combinations(range(len(texts)), 2):  # what is the same is found
        if triples(texts[a]) and triples(texts[a]) == triples(texts[b]):
            assert any({a, b} <= members for members in found.values())
