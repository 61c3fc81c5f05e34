"""An article: its embeds in order, in their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound, Request, Response

from archiver.datasette_plugin import filters
from archiver.datasette_plugin.pages import _archive, _cards, _links, _words
from archiver.datasette_plugin.pages._archive import Archive, Row

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = ["embed", "view"]

_MOST = 300


async def view(request: Request, datasette: Datasette) -> Response:
    """`/-/article/ID`; with `?links=1` also the posts that it only links to."""
    archive = await _archive.of(datasette, request)
    number = request.url_vars["id"]
    page = await archive.row(_PAGE, id=int(number)) if len(number) < 18 else None
    if page is None:
        raise NotFound(f"No article here has the number {number}")
    links = bool(request.args.get("links"))
    embeds = await archive.rows(_EMBEDS, id=page["id"], links=links, most=_MOST) or []
    by_id = {card.id: card for card in await _cards.by_ids(archive, [row["post_id"] for row in embeds])}
    told = {
        "database": archive.name,
        "archive": archive,
        "page": page,
        "keywords": _cards.listed(page["keywords"]),
        "hashtags": [(tag, archive.path("hashtag", tag)) for tag in _cards.listed(page["hashtags"])],
        "link": _links.outward(page["url"]),
        "wayback": _links.wayback(page["url"]),
        "embeds": [embed(archive, row) | {"card": by_id.get(row["post_id"])} for row in embeds],
        "n_links": (await archive.row(_LINKS, id=page["id"]) or {"n": 0})["n"],
        "with_links": links,
        "rows_href": archive.table("embeds", {"page_id": page["id"]}),
        "cut": _MOST if len(embeds) == _MOST else None,
        "captures": await archive.rows(_CAPTURES, id=page["id"]) or [],
    }
    return Response.html(await datasette.render_template("explorer/article.html", told, request))


def embed(archive: Archive, row: Row) -> Row:
    """An embed with its flags in words, its article's address, and what it shows otherwise than the post's row."""
    differing = [
        (word, row[shown])
        for word, shown, known in (("text", "shown_text", "text"), ("handle", "shown_handle", "handle"))
        if row[shown] and row[known] and row[shown].casefold() != row[known].casefold()
    ]
    flags = [(flag, *_words.FLAGS.get(flag, (flag, ""))) for flag in _cards.listed(row["flags"])]
    return row | {
        "flags": flags,
        "differing": differing,
        "href": archive.path("article", str(row["page_id"])),
        "embed_href": archive.table("embeds") + f"/{row['embed_id']}",
        "link": _links.outward(row["url"]),
        "wayback": _links.wayback(row["url"]),
        "context_tags": [(tag, archive.path("hashtag", tag)) for tag in _cards.listed(row["context_hashtags"])],
    }


EMBED = """embeds.id as embed_id, embeds.page_id, embeds.post_id, embeds.position, embeds.shape,
    embeds.text as shown_text, posts.text, embeds.handle as shown_handle, authors.handle, embeds.url_handle,
    embeds.author_name, embeds.date_shown, embeds.heading, embeds.context_before, embeds.context_after,
    embeds.context_hashtags, embeds.flags, embeds.html, embeds.identified_by, embeds.lang,
    pages.title, pages.url, pages.published_at, pages.lang as page_lang, outlets.domain
    from embeds
    join posts on posts.id = embeds.post_id
    join pages on pages.id = embeds.page_id
    left join authors on authors.id = posts.author_id
    left join outlets on outlets.id = pages.outlet_id"""
_PAGE = """select pages.*, outlets.domain, outlets.name as outlet_name from pages
    left join outlets on outlets.id = pages.outlet_id where pages.id = :id"""
_EMBEDS = f"""select {EMBED} where embeds.page_id = :id and (:links or embeds.shape <> 'link')
        and embeds.post_id not in ({filters.HIDDEN})
    order by embeds.position, embeds.id limit :most"""
_LINKS = f"""select count(*) as n from embeds where page_id = :id and shape = 'link'
    and post_id not in ({filters.HIDDEN})"""  # noqa: S608
_CAPTURES = """select id, captured_at, archived_at, source, url, final_url, target, status, media_type, bytes, sha256,
    warc_file, warc_offset, warc_length, outcome, error from captures where page_id = :id order by id desc limit 20"""
