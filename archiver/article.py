"""What a web page says of itself: title, byline, dates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archiver import soup, urls

__all__ = ["Article", "read"]

_ARTICLES = frozenset(
    "Article NewsArticle BlogPosting Report LiveBlogPosting ReportageNewsArticle AnalysisNewsArticle "
    "OpinionNewsArticle ReviewNewsArticle BackgroundNewsArticle SocialMediaPosting WebPage".split()
)


@dataclass(frozen=True, slots=True)
class Article:
    """An article's own account of itself; None or () where it gives none."""

    canonical_url: str | None = None
    site_name: str | None = None
    title: str | None = None
    byline: str | None = None
    description: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    lang: str | None = None


def read(tree: soup.Tree) -> Article:
    """The article's data: from JSON-LD, else meta elements, else the `title`, `h1` and `html` elements."""
    meta = _meta(tree)
    data = _json_ld(tree)
    return Article(
        canonical_url=_canonical(tree) or meta.first("og:url"),
        site_name=meta.first("og:site_name", "application-name") or data.name("publisher"),
        title=data.text("headline") or meta.first("og:title", "twitter:title", "dc.title") or _title(tree),
        byline=data.name("author")
        or meta.first("author", "article:author:name", "parsely-author", "dc.creator", "byl"),
        description=meta.first("og:description", "description", "twitter:description") or data.text("description"),
        section=data.text("articleSection") or meta.first("article:section", "parsely-section"),
        keywords=data.words("keywords") or meta.words("article:tag") or meta.words("news_keywords", "keywords"),
        published_at=_moment(data.text("datePublished"))
        or _moment(
            meta.first("article:published_time", "og:article:published_time", "datepublished", "date", "dc.date")
        ),
        modified_at=_moment(data.text("dateModified"))
        or _moment(meta.first("article:modified_time", "og:updated_time")),
        lang=_lang(tree) or data.text("inLanguage") or meta.first("og:locale"),
    )


@dataclass(frozen=True, slots=True)
class _Meta:
    """The page's meta elements, by lower-case name or property."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def first(self, *names: str) -> str | None:
        return next((v for name in names for v in self.values.get(name, ()) if v), None)

    def words(self, *names: str) -> tuple[str, ...]:
        for name in names:
            if values := self.values.get(name):
                return _words(values if len(values) > 1 else values[0])
        return ()


@dataclass(frozen=True, slots=True)
class _JsonLd:
    """The JSON-LD object that describes the article."""

    values: dict[str, object] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        return soup.squeeze(value) or None if isinstance(value, str) else None

    def words(self, name: str) -> tuple[str, ...]:
        return _words(self.values.get(name))

    def name(self, name: str) -> str | None:
        value = self.values.get(name)
        people = value if isinstance(value, list) else [value]
        names = [p.get("name") if isinstance(p, dict) else p for p in people]
        told = [soup.squeeze(n) for n in names if isinstance(n, str) and n.strip() and not urls.is_web(n)]
        return ", ".join(dict.fromkeys(told)) or None


def _meta(tree: soup.Tree) -> _Meta:
    values: dict[str, list[str]] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        content = soup.squeeze(attributes.get("content") or "")
        for kind in ("property", "name", "itemprop"):
            if content and (name := attributes.get(kind)):
                values.setdefault(name.strip().lower(), []).append(content)
    return _Meta(values)


def _json_ld(tree: soup.Tree) -> _JsonLd:
    found: list[dict[str, object]] = []
    for node in tree.css('script[type="application/ld+json"]'):
        try:
            found += _objects(json.loads(node.text() or "", strict=False))
        except (ValueError, RecursionError):
            continue
    return _JsonLd(max(found, key=_fullness, default={}))


def _objects(value: object) -> Iterator[dict[str, object]]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            kinds = item.get("@type")
            if _ARTICLES & {k for k in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(k, str)}:
                yield item
            graph = item.get("@graph")
            if isinstance(graph, list):
                yield from _objects([g for g in graph if isinstance(g, dict) and "@graph" not in g])


def _fullness(item: dict[str, object]) -> int:
    return (item.get("@type") != "WebPage") * 4 + sum(
        bool(item.get(k)) for k in ("headline", "author", "datePublished")
    )


def _canonical(tree: soup.Tree) -> str | None:
    node = tree.css_first('link[rel="canonical" i][href]')
    return (node.attributes.get("href") or "").strip() or None if node else None


def _title(tree: soup.Tree) -> str | None:
    for selector in ("head title", "h1", "title"):
        node = tree.css_first(selector)
        if node and (words := soup.squeeze(node.text().replace("\n", " "))):
            return words
    return None


def _lang(tree: soup.Tree) -> str | None:
    node = tree.css_first("html[lang]")
    return (node.attributes.get("lang") or "").strip() or None if node else None


def _words(value: object) -> tuple[str, ...]:
    words = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(dict.fromkeys(w.strip() for w in words if isinstance(w, str) and w.strip()))


def _moment(value: str | None) -> datetime | None:
    """An ISO 8601 time in UTC; a time without zone is not told, so only its day is kept."""
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    try:
        return moment.astimezone(UTC) if moment.tzinfo else datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    except OverflowError:
        return None
