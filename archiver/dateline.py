"""Headline, author, date as an article shows them to readers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archiver import soup
from archiver.soup import Node, Tree

__all__ = ["authors", "dates", "headings", "headlines"]


def headlines(tree: Tree) -> Iterator[str]:
    """The headings that microdata calls the headline."""
    return (
        told for node in tree.css('h1[itemprop~="headline" i], h2[itemprop~="headline" i]') if (told := _text(node))
    )


def headings(tree: Tree) -> Iterator[str]:
    """The headings of the first rank."""
    return (told for node in tree.css("h1") if (told := _text(node)))


def dates(tree: Tree, title: str | None) -> Iterator[tuple[str, str]]:
    """When the article was published, by elements beside its title: where that stands, and what.

    `microdata` and `time` elements elsewhere count where they say that they tell this and agree; `text` is what readers
    see in an element whose class is one of a date.
    """
    places = _places(tree, title)
    nodes = tree.css('[itemprop~="datePublished" i]:not(meta)')
    yield from (("microdata", told) for told in _beside(places, nodes) or _agreed(nodes))
    nodes = [node for node in tree.css("time[datetime]") if not _CHANGED.search(_names(node))]
    marked = [node for node in nodes if "pubdate" in node.attributes or _PUBLISHED.search(_names(node))]
    yield from (("time", told) for told in _beside(places, marked) or _beside(places, nodes) or _agreed(marked))
    nodes = [node for node in places[-1].css(_DATES) if not _CHANGED.search(_names(node))] if places else []
    yield from (("text", _LABEL.sub("", told)) for told in _beside(places, nodes, is_text=True))


def authors(tree: Tree, title: str | None) -> list[str]:
    """The names beside the title in elements for authors: by microdata, by rel=author, by a class."""
    places = _places(tree, title)
    for selector in ('[itemprop~="author" i]:not(meta)', 'a[rel~="author" i]', _BYLINES) if places else ():
        nodes = [node for node in places[-1].css(selector) if selector != _BYLINES or _BYLINE.search(_class(node))]
        if told := _beside(places, [_named(node) for node in nodes], is_text=True):
            return [name for name in told if len(name) <= _LONGEST][:_MOST_AUTHORS]
    return []


_DATES = '[class*="date" i], [class*="publish" i], [class*="posted" i], time'
_BYLINES = '[class*="byline" i], [class*="author" i]'
_BYLINE = re.compile(
    r"(?:^|\s)(?:(?:post|entry|article|story|meta|news|single|content|c|p)[-_]*)?(?:by-?line|author)s?"
    r"(?:[-_]*(?:name|link))?(?:\s|$)",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(r"publi|posted|pubdate|entry-date|post-date|datepublished|created", re.IGNORECASE)
_CHANGED = re.compile(r"updat|modif|changed|edited|today|current|copyright|comment|expire|event", re.IGNORECASE)
_APART = re.compile(
    r"(?:^|\s)(?:comment|related|sidebar|teaser|widget|recommend|latest|popular|trending|newsletter|promo|footer|most"
    r"|ticker|menu|nav|more-|similar|reply|respond|[\w-]{0,40}(?:browser|playlist|carousel|recirc|up-?next|river|rail))",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:(?:first\s+)?(?:published|posted|created|publish\s+date|publication\s+date|date|veröffentlicht|erstellt|datum"
    r"|stand|publié|publicado|publicada|pubblicato|data|fecha|gepubliceerd|publicerad|publisert|udgivet|julkaistu"
    r"|opublikowano|опубликовано|yayınlanma)(?:\s+(?:on|at|am|le|el|il|em|op|dnia))?\s*:?|on|am|le|vom)\s+",
    re.IGNORECASE,
)
_LONGEST = 80  # characters of a date or of names
_MOST_AUTHORS = 5
_MOST_NODES = 50
_HIGHEST = 6  # elements above the title in which what belongs to it is looked for


def _places(tree: Tree, title: str | None) -> list[Node]:
    """The heading that is the page's title and the elements above it, up to the article's own; [] without heading."""
    heading = _heading(tree, title)
    places = [heading] if heading else []
    while places and len(places) < _HIGHEST and places[-1].tag not in ("article", "main"):
        above = places[-1].parent
        if above is None or above.tag in ("body", "html"):
            break
        places.append(above)
    return places


def _heading(tree: Tree, title: str | None) -> Node | None:
    wanted = soup.letters(title or "")
    for rank in ("h1", "h2") if wanted else ():
        for node in tree.css(rank):
            letters = soup.letters(node.text())
            if letters and (letters == wanted or (len(letters) >= 10 and (letters in wanted or wanted in letters))):
                return node
    return None


def _beside(places: list[Node], nodes: list[Node], *, is_text: bool = False) -> list[str]:
    """What those nodes tell that stand with the title in the smallest of the places to hold any of them."""
    lines = [(node, _line(node)) for node in nodes[:_MOST_NODES]] if places else []
    for place in places if lines else ():
        found = [node for node, line in lines if place.mem_id in line and not _is_apart(line, place.mem_id)]
        told = [text for node in found if (text := _text(node) if is_text else _told(node))]
        if told:
            return list(dict.fromkeys(told))
    return []


def _agreed(nodes: list[Node]) -> list[str]:
    """What all nodes outside the margins of the page tell alike; nothing where they differ."""
    told = {text for node in nodes[:_MOST_NODES] if not _is_apart(_line(node), 0) and (text := _told(node))}
    return list(told) if len(told) == 1 else []


def _line(node: Node) -> dict[int, Node]:
    """The node and the elements above it, from within to without."""
    line: dict[int, Node] = {}
    above: Node | None = node
    while above is not None and above.tag not in ("body", "html"):
        line[above.mem_id] = above
        above = above.parent
    return line


def _is_apart(line: dict[int, Node], until: int) -> bool:
    """Whether something between a node and an element above it is no part of an article."""
    for name, node in line.items():
        if name == until:
            return False
        if node.tag in ("aside", "footer", "nav", "form", "figure", "blockquote") or _APART.search(_names(node)):
            return True
    return False


def _named(node: Node) -> Node:
    """The part of an author's element that holds the name alone."""
    return node.css_first('[itemprop~="name" i], a, .fn, .name') or node


def _names(node: Node) -> str:
    attributes = node.attributes
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''} {attributes.get('itemprop') or ''}"


def _class(node: Node) -> str:
    return node.attributes.get("class") or ""


def _told(node: Node) -> str:
    attributes = node.attributes
    return (attributes.get("content") or attributes.get("datetime") or "").strip() or _text(node)


def _text(node: Node) -> str:
    return " ".join(node.text(separator=" ").split())
