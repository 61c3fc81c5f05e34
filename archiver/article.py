"""What a web page says of itself: title, byline, dates."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from archiver import dateline, dates, jsonld, moments, soup, urls
from archiver.jsonld import Described
from archiver.moments import Moment

__all__ = ["Article", "read"]


@dataclass(frozen=True, slots=True)
class Article:
    """An article's own account of itself; None or () where it gives none.

    `published_source` says where `published_at` stands: `json-ld`, `meta`, `microdata`, `time` or `text`, and
    `published_precision` how finely it is told: `second`, or `day`, then it is that day's midnight.
    """

    canonical_url: str | None = None
    site_name: str | None = None
    title: str | None = None
    byline: str | None = None
    description: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_source: str | None = None
    published_precision: str | None = None
    modified_at: datetime | None = None
    lang: str | None = None


def read(tree: soup.Tree) -> Article:
    """The article's data: from JSON-LD, else meta elements, else microdata, else what readers see."""
    meta = _meta(tree)
    addresses = [*_canonical(tree), *meta.all("og:url")]
    head_title = _head_title(tree)
    scripts = tree.css('script[type="application/ld+json" i]')
    values = [value for node in scripts for value in jsonld.values(node.text())]
    data = jsonld.own(values, addresses, [*meta.all("og:title"), head_title])
    lang = _lang(tree, data, meta)
    site = _first(_names(meta.all(*_SITE)), data.site_names(), _names(meta.all(*_PUBLISHER)))
    title = (
        _first(data.texts("headline"), meta.all(*_TITLE))
        or _first(dateline.headlines(tree))
        or _without_site(head_title, site)
        or _first(dateline.headings(tree))
    )
    published, published_source = _moment(_published(tree, data, meta, title), lang)
    modified, _ = _moment(_modified(data, meta), lang)
    return Article(
        canonical_url=_first(addresses),
        site_name=site,
        title=title,
        byline=_byline(tree, data, meta, title),
        description=_first(meta.all(*_DESCRIPTION), data.texts("description"), meta.all("itemprop=description")),
        section=_first(data.texts("articleSection"), meta.all(*_SECTION)),
        keywords=_keywords(data, meta),
        published_at=published.at if published else None,
        published_source=published_source,
        published_precision=("day" if published.is_day else "second") if published else None,
        modified_at=modified.at if modified else None,
        lang=lang,
    )


def _names(told: Iterable[str]) -> Iterator[str]:
    """What can be a site's name: no address of it."""
    return (name for name in told if not urls.is_web(name))


# The names of meta elements, in lower case, the most telling first; in dc.* and dcterms.* a colon counts as a dot. They
# are those of Open Graph, Dublin Core, Highwire (citation_*), Parse.ly, Sailthru, Cxense, Viafoura (vf:*), and of
# newspapers' own systems.
_SITE = tuple("og:site_name application-name citation_journal_title al:android:app_name".split())
_PUBLISHER = tuple("dc.publisher dcterms.publisher citation_publisher publisher".split())
_TITLE = tuple(
    "og:title twitter:title itemprop=headline dc.title dcterms.title citation_title parsely-title sailthru.title "
    "cxenseparse:title title".split()
)
_AUTHOR = tuple(
    "article:author:name author authors parsely-author cxenseparse:author cxenseparse:recs:author sailthru.author "
    "article:author og:article:author og:author mrf:authors vf:author byl byline dc.creator dcterms.creator "
    "citation_author citation_authors article.author author_name itemprop=author itemprop=creator".split()
)
_DESCRIPTION = tuple(
    "og:description description twitter:description dc.description dcterms.description dcterms.abstract "
    "sailthru.description cxenseparse:description".split()
)
_SECTION = tuple(
    "article:section og:article:section og:section parsely-section section cxenseparse:recs:category "
    "cxenseparse:category mrf:sections vf:section dc.subject.category itemprop=articlesection".split()
)
_KEYWORDS = tuple(
    "article:tag og:article:tag news_keywords keywords parsely-tags sailthru.tags cxenseparse:keywords dc.subject "
    "dcterms.subject citation_keywords itemprop=keywords".split()
)
_PUBLISHED = tuple(
    "article:published_time og:article:published_time article:published og:published_time article:published_at "
    "datepublished date_published published_date published-date published_at published_time publish_date publish-date "
    "publishdate publication_date publication-date publicationdate pubdate og:pubdate parsely-pub-date "
    "cxenseparse:recs:publishtime cxenseparse:publishtime sailthru.date mrf:published_time bt:pubdate "
    "dc.date.issued dcterms.issued dcterms.date.issued dcterms.available dc.date.published dc.date dcterms.date "
    "citation_publication_date citation_online_date citation_date article_date_original originalpublicationdate "
    "rnews:datepublished shareaholic:article_published_time date:published_time displaydate pdate ptime date".split()
)
_MODIFIED = tuple(
    "article:modified_time og:article:modified_time article:modified og:updated_time article:updated_time datemodified "
    "date_modified modified_date modified_time modified_at dc.date.modified dcterms.modified dcterms.date.modified "
    "updated_time updated_at lastmod last-modified last_modified lastmodified utime itemprop=datemodified".split()
)
_LANGUAGE = tuple(
    "og:locale inlanguage itemprop=inlanguage content-language dc.language dcterms.language language lang".split()
)
_LABELS = frozenset(  # what Yoast SEO writes for "Written by", in the languages of its translations
    word
    for words in (
        "written by|by|author|verfasst von|geschrieben von|autor|écrit par|auteur|rédigé par|escrito por|scritto da",
        "autore|geschreven door|skriven av|skrevet av|skrevet af|kirjoittanut|napisane przez|napisal|napsal|napsal(a)",
        "napísal|szerző|scris de|yazan|автор|написано автором|написал|συντάχθηκε από|מאת|كتبه|執筆者|投稿者|作者",
        "撰寫者|글쓴이|작성자",
    )
    for word in words.split("|")
)
_BEFORE_NAMES = re.compile(
    r"^(?:(?:(?:written|story|words|posted|published)\s+)?by(?:\s*:\s*|\s+)|(?:author|autor|auteur|autore)\s*:\s*"
    r"|(?:(?:ein beitrag|texte?|publié|escrito|scritto|geschreven)\s+)?(?:von|par|por|di|da|door|av|af|przez)\s+"
    r"(?=\w+\s+\w)|(?:by|von|par|por|door)$)",
    re.IGNORECASE,
)
_ID = re.compile(r"[\w-]+:[\w-]+$", re.ASCII)  # viafoura-id:615
_NO_NAME = re.compile(
    r"\d|[@|/]|\b(?:share|follow|about|all posts|more|read|comment|updated?|published)\b", re.IGNORECASE
)
_LONGEST_NAME = 60  # characters of a byline in the page itself; what is longer is a sentence
_COMMAS = re.compile("[,،、，]")
_TAG = re.compile(r"([a-z]{2,3})(?:[-_](?!419)([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?(?:[-_.@][\w.@-]*)?", re.I | re.A)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,30});", re.IGNORECASE | re.ASCII)
_UNFIT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_SEPARATORS = "|-–—−·•:»›~/"


@dataclass(frozen=True, slots=True)
class _Meta:
    """The page's meta elements by lower-case name or property; those of microdata as `itemprop=` and their name."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def all(self, *names: str) -> Iterator[str]:
        """What the elements of these names hold, name by name."""
        for name in names:
            yield from self.values.get(name, ())


def _meta(tree: soup.Tree) -> _Meta:
    values: dict[str, list[str]] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        content = attributes["content"]
        if content:
            if name := attributes.get("property"):
                values.setdefault(_name(name), []).append(content)
            if name := attributes.get("name"):
                values.setdefault(_name(name), []).append(content)
            if name := attributes.get("itemprop"):
                values.setdefault(f"itemprop={name.strip().lower()}", []).append(content)
            elif (attributes.get("http-equiv") or "").lower() == "content-language":
                values.setdefault("content-language", []).append(content)
    for page in values.get("parsely-page", ())[:1]:  # Parse.ly's older form: one element with JSON
        _add_parsely(values, page)
    return _Meta(values)


def _name(name: str) -> str:
    name = name.strip().lower()
    return name.replace(":", ".") if name.startswith(("dc:", "dcterms:")) else name


def _add_parsely(values: dict[str, list[str]], content: str) -> None:
    for told in jsonld.values(content):
        if isinstance(told, dict):
            for key in ("title", "pub_date", "author", "authors", "section", "tags"):
                found = told.get(key)
                name = {"pub_date": "parsely-pub-date", "authors": "parsely-author"}.get(key, f"parsely-{key}")
                texts = [text for text in (found if isinstance(found, list) else [found]) if isinstance(text, str)]
                values.setdefault(name, []).extend(texts)


def _canonical(tree: soup.Tree) -> Iterator[str]:
    node = tree.css_first('link[rel~="canonical" i][href]')
    if node and (address := node.attributes["href"]):
        yield address


def _head_title(tree: soup.Tree) -> str:
    node = tree.css_first("head title") or tree.css_first("title")
    return _clean(node.text()) if node else ""


def _without_site(title: str, site: str | None) -> str:
    """The title without the site's name at its end, where a dash or the like sets it apart."""
    if site and title.casefold().endswith(site.casefold()):
        rest = title[: -len(site)].rstrip()
        if rest[-1:] and rest[-1] in _SEPARATORS and rest[:-1] != rest[:-1].rstrip():
            return rest.rstrip(_SEPARATORS + " ") or title
    return title


def _lang(tree: soup.Tree, data: Described, meta: _Meta) -> str | None:
    """The page's language as a BCP 47 tag."""
    attributes = tree.root.attributes if tree.root else {}
    told = [attributes.get("lang") or attributes.get("xml:lang") or ""]
    for text in (*told, *data.texts("inLanguage"), *meta.all(*_LANGUAGE)):
        if match := _TAG.fullmatch(text.strip()):
            language, script, region = match.groups()
            parts = (language.lower(), (script or "").title(), (region or "").upper())
            return "-".join(filter(None, parts))
    return None


def _published(tree: soup.Tree, data: Described, meta: _Meta, title: str | None) -> Iterator[tuple[str, str]]:
    """Where the page tells when it was published, and what, the most telling first."""
    yield from (("json-ld", text) for text in data.texts("datePublished"))
    yield from (("meta", text) for text in meta.all(*_PUBLISHED))
    yield from (("microdata", text) for text in meta.all("itemprop=datepublished"))
    yield from dateline.dates(tree, title)


def _modified(data: Described, meta: _Meta) -> Iterator[tuple[str, str]]:
    yield from (("json-ld", text) for text in data.texts("dateModified"))
    yield from (("meta", text) for text in meta.all(*_MODIFIED))


def _moment(told: Iterator[tuple[str, str]], lang: str | None) -> tuple[Moment | None, str | None]:
    """The first time told, and where; of a day that comes first, a later place may tell the time."""
    day: Moment | None = None
    source: str | None = None
    for place, text in told:
        if day and place == "text":
            break
        moment = moments.read(text) or _in_words(text, lang)
        if moment and day is None:
            day, source = moment, place
        if moment and day and not moment.is_day and moment.may_be_on(day):
            return moment, place
    return (day, source) if day else (None, None)


def _in_words(text: str, lang: str | None) -> Moment | None:
    day = dates.day(text, lang)
    return Moment(datetime.combine(day, time(), UTC), is_day=True) if day else None


def _byline(tree: soup.Tree, data: Described, meta: _Meta, title: str | None) -> str | None:
    """The authors' names in one line."""
    return (
        _people(data.names("author", "creator"))
        or next(filter(None, (_people(meta.all(name)) for name in _AUTHOR)), None)
        or _people(_labelled(meta))
        or _people(dateline.authors(tree, title), shown=True)
    )


def _labelled(meta: _Meta) -> Iterator[str]:
    """Twitter's cards may have two lines of a label and its datum: "Written by", and a name."""
    for number in "12":
        for label, told in zip(meta.all(f"twitter:label{number}"), meta.all(f"twitter:data{number}"), strict=False):
            if label.strip().rstrip(":").strip().casefold() in _LABELS:
                yield told


def _people(told: Iterable[str], *, shown: bool = False) -> str | None:
    names = [name for text in told if (name := _BEFORE_NAMES.sub("", _clean(text), count=1))]
    names = [n for n in names if "://" not in n and not n.startswith(("@", "/")) and not _ID.match(n)]
    if shown:
        names = [n for n in names if 1 < len(n) <= _LONGEST_NAME and not _NO_NAME.search(n)]
    return ", ".join(dict.fromkeys(names)) or None


def _keywords(data: Described, meta: _Meta) -> tuple[str, ...]:
    """The words of the first place that gives any, each once."""
    for told in (list(data.texts("keywords")), *(list(meta.all(name)) for name in _KEYWORDS)):
        words = [w for text in told for part in _split(text) if (w := _clean(part))]
        if words:
            return tuple(dict.fromkeys(words))
    return ()


def _split(text: str) -> list[str]:
    text = _ENTITY.sub(lambda m: html.unescape(m[0]), text)
    return _COMMAS.split(text) if _COMMAS.search(text) else text.split(";")


def _first(*told: Iterable[str]) -> str | None:
    return next((words for texts in told for text in texts if (words := _clean(text))), None)


def _clean(text: str) -> str:
    """Text in one line, with characters for entities that were escaped twice; without what no database can hold."""
    if "&" in text:
        text = _ENTITY.sub(lambda m: html.unescape(m[0]), text)
    return " ".join(_UNFIT.sub("", text).split())
