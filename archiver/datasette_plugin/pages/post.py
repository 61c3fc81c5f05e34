"""The page of a post, at an address that stays."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import NotFound, Request, Response
from datasette.views.base import DatasetteError

from archiver.datasette_plugin import card as static_card
from archiver.datasette_plugin import citation, differences, filters, lifeline
from archiver.datasette_plugin.lifeline import Event
from archiver.datasette_plugin.pages import _archive, _cards, _links, _words, article
from archiver.datasette_plugin.pages._archive import Archive, Row

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = ["view"]

_MOST = 100
_ENDINGS = {
    "bib": "application/x-bibtex; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json; charset=utf-8",
    "json": "application/json; charset=utf-8",
}


async def view(request: Request, datasette: Datasette) -> Response:
    """`/-/post/PLATFORM/ID`, or what stands for the id in the key of a post without one; `.json`, `.bib` and so on."""
    archive = await _archive.of(datasette, request)
    platform = _links.decoded(request.url_vars["platform"])
    rest = _links.decoded(request.url_vars["rest"])
    ending = request.url_vars.get("ending")
    post = await archive.row(_POST + " where posts.key = :key", key=f"{platform}:{rest}")
    if post is None:
        found = await archive.rows(_POST + _BY_ID, platform=platform, id=rest) or []
        if not found and await _is_redacted(archive, f"{platform}:{rest}"):
            raise DatasetteError("This post was taken out of the archive on purpose", title="Gone", status=410)
        if not found:
            raise NotFound(f"No post here has the id {rest} on {_words.platform(platform)}")
        if len(found) > 1:
            told = {
                "database": archive.name,
                "archive": archive,
                "cards": await _cards.by_ids(archive, [row["id"] for row in found]),
            }
            told |= {"platform_name": _words.platform(platform), "rest": rest}
            return Response.html(await datasette.render_template("explorer/posts.html", told, request), status=300)
        return Response.redirect(archive.post(found[0]["key"], f".{ending}" if ending else ""))
    if await archive.row(f"select 1 from ({filters.HIDDEN}) where id = :id", id=post["id"]):  # noqa: S608
        words = f"This post is not shown, for it is {post['status']} on its platform (archiver honour-deletions)"
        raise DatasetteError(words, title="Not shown", status=410)
    if ending:
        return await _as(archive, request, post, ending)
    told = await _context(archive, request, post)
    return Response.html(await datasette.render_template("explorer/post.html", told, request))


async def _is_redacted(archive: Archive, key: str) -> bool:
    """Whether a post was taken out by `archiver redact`, which leaves a keyed digest of its key."""
    if not await archive.datasette.get_database(archive.name).table_exists("redactions"):
        return False
    for row in await archive.rows("select salt, digest from redactions where what = 'post'") or []:
        salt = bytes.fromhex(row["salt"])
        if (
            hashlib.blake2b(f"post\n{key}".encode("utf-8", "replace"), key=salt, digest_size=16).hexdigest()
            == row["digest"]
        ):
            return True
    return False


async def _as(archive: Archive, request: Request, post: Row, ending: str) -> Response:
    """The post in another form than a page."""
    cited = _cited(archive, request, post)
    embeds = await archive.rows(_EMBEDS, id=post["id"], most=_MOST) or []
    if ending == "card.html":
        return Response.html(static_card.card(cited, [(row["title"], row["url"], row["domain"]) for row in embeds]))
    if ending == "json":
        relations = await archive.rows(_RELATIONS, id=post["id"]) or []
        body = citation.as_json({"post": _told(post), "address": cited.address, "embeds": embeds, "related": relations})
    else:
        body = citation.bibtex(cited) if ending == "bib" else citation.csl_json(cited)
    return Response(body, content_type=_ENDINGS[ending])


async def _context(archive: Archive, request: Request, post: Row) -> dict[str, Any]:
    rows = await archive.rows(_EMBEDS, id=post["id"], most=_MOST) or []
    embeds = [article.embed(archive, row) for row in rows]
    cited = _cited(archive, request, post)
    return {
        "database": archive.name,
        "archive": archive,
        "post": post,
        "card": _cards.card(archive, post),
        "life": lifeline.drawn(await _events(archive, post, rows)),
        "status_words": _words.STATUSES.get(post["status"] or "", ""),
        "time_words": _words.TIMES.get(post["time_source"] or "", ""),
        "wayback": _links.wayback(post["permalink"]),
        "embeds": [row for row in embeds if row["shape"] != "link"],
        "links": [row for row in embeds if row["shape"] == "link"],
        "cut": _MOST if len(rows) == _MOST else None,
        "embeds_href": archive.table("embeds", {"post_id": post["id"]}),
        "row_href": archive.table("posts") + f"/{post['id']}",
        "variants": await _variants(archive, post),
        "flags": sorted({flag for row in embeds for flag in row["flags"]}),
        "handles": sorted({row["shown_handle"] for row in embeds if row["shown_handle"]}, key=str.casefold),
        "captures": await archive.rows(_CAPTURES, id=post["id"]) or [],
        "answers": await archive.rows(_ANSWERS, id=post["id"]) or [],
        "counts": await archive.rows(_COUNTS, id=post["id"]) or [],
        "relations": await _relations(archive, post["id"]),
        "media": [
            row | {"link": _links.outward(row["url"])} for row in await archive.rows(_MEDIA, id=post["id"]) or ()
        ],
        "found_links": [
            row | {"link": _links.outward(row["expanded"] or row["short"])}
            for row in await archive.rows(_LINKS, id=post["id"]) or ()
        ],
        "mentions": [
            (row["handle"], archive.path("author", post["platform"], row["handle"]) if row["known"] else None)
            for row in await archive.rows(_MENTIONS, id=post["id"]) or ()
        ],
        "address": cited.address,
        "apa": citation.apa(cited),
        "bibtex": citation.bibtex(cited),
        "csl": citation.csl_json(cited),
        "forms": [(name, archive.post(post["key"], ending)) for name, ending in _FORMS],
        "card_href": archive.post(post["key"], ".card.html"),
    }


async def _events(archive: Archive, post: Row, embeds: list[Row]) -> list[Event]:
    """What is known of a post's life, with its time."""
    events = [Event("posted", post["posted_at"], "Posted")] if post["posted_at"] else []
    for row in embeds:
        if row["published_at"] and row["shape"] != "link":
            href = archive.path("article", str(row["page_id"]))
            events.append(Event("article", row["published_at"], f"Shown by {row['domain'] or 'an article'}", href))
    copies = await archive.rows(_COPIES, id=post["id"]) or ()
    events += [Event("copy", row["at"], "Captured by a web archive") for row in copies]
    for row in await archive.rows(_CHECKS, id=post["id"], most=_MOST) or ():
        words = f"{_words.OUTCOMES.get(row['outcome'], row['outcome'])}, by {row['endpoint']}"
        if row["status"]:
            words += f" (status {row['status']})"
        events.append(Event(row["outcome"], row["asked_at"], words, note=row["note"]))
    return events


async def _variants(archive: Archive, post: Row) -> list[Row]:
    rows = await archive.rows(_VARIANTS, id=post["id"]) or []
    return [
        row
        | {
            "parts": differences.parts(post["text"] or "", row["text"]),
            "words": _words.DIFFERENCES.get(row["difference"], row["difference"]),
            "href": archive.path("article", str(row["page_id"])),
        }
        for row in rows
    ]


async def _relations(archive: Archive, post_id: int) -> list[Row]:
    rows = await archive.rows(_RELATIONS, id=post_id) or []
    cards = {c.id: c for c in await _cards.by_ids(archive, [row["other"] for row in rows])}
    told = [row | {"words": _words.RELATIONS.get((row["kind"], bool(row["outward"])), row["kind"])} for row in rows]
    return [row | {"card": cards[row["other"]]} for row in told if row["other"] in cards]


def _told(post: Row) -> Row:
    lists = {name: _cards.listed(post[name]) for name in ("hashtags", "context_hashtags", "outlets")}
    return post | lists


def _cited(archive: Archive, request: Request, post: Row) -> citation.Cited:
    address = archive.datasette.absolute_url(request, archive.post(post["key"]))
    return citation.Cited(
        key=post["key"],
        platform=_words.platform(post["platform"]),
        handle=post["handle"],
        name=post["name"],
        text=post["text"],
        posted_at=post["posted_at"],
        is_day=post["time_precision"] == "day",
        permalink=_links.outward(post["permalink"]),
        lang=post["lang"],
        address=address,
    )


_FORMS = (("JSON", ".json"), ("BibTeX", ".bib"), ("CSL-JSON", ".csl.json"), ("Card (HTML)", ".card.html"))
_POST = f"select {_cards.COLUMNS}, posts.context_hashtags, posts.outlets, posts.author_signed, posts.author_id, \
posts.status, posts.status_at \
from posts left join authors on authors.id = posts.author_id"  # noqa: S608
_BY_ID = " where posts.platform = :platform and posts.platform_id = :id order by posts.n_pages desc, posts.id limit 20"
_EMBEDS = f"""select {article.EMBED} where embeds.post_id = :id
    order by pages.published_at is null, pages.published_at, embeds.id limit :most"""
_VARIANTS = """select variants.*, pages.title, pages.url from variants join pages on pages.id = variants.page_id
    where variants.post_id = :id order by variants.number limit 12"""
_CAPTURES = """select captures.id, captures.captured_at, captures.archived_at, captures.source, captures.url,
        captures.final_url, captures.target, captures.status, captures.media_type, captures.bytes, captures.sha256,
        captures.warc_file, captures.warc_offset, captures.warc_length, captures.outcome, captures.error
    from captures where id in (
        select first_capture_id from embeds where post_id = :id
        union select last_capture_id from embeds where post_id = :id
        union select capture_id from answers where post_id = :id
    ) order by id desc limit 40"""
_ANSWERS = """select id, endpoint, text, posted_at, handle, author_name, user_id, lang, is_truncated, edited_at,
        capture_id
    from answers where post_id = :id order by id limit 20"""
_CHECKS = """select * from (
        select id, asked_at, outcome, endpoint, status, note from checks where post_id = :id
        order by id desc limit :most
    ) order by id"""
_COPIES = """select distinct captures.archived_at as at from answers join captures on captures.id = answers.capture_id
    where answers.post_id = :id and captures.archived_at is not null order by 1 limit 12"""
_COUNTS = (
    "select counted, number, source, counted_at from post_counts where post_id = :id order by counted_at desc limit 24"
)
_RELATIONS = """select kind, other_post_id as other, 1 as outward from post_relations where post_id = :id
    union all select kind, post_id, 0 from post_relations where other_post_id = :id limit 24"""
_MEDIA = "select kind, url, alt from media where post_id = :id order by id limit 24"
_LINKS = "select short, display, expanded from links where post_id = :id order by id limit 24"
_MENTIONS = """select mentions.handle, exists (
        select 1 from authors where authors.platform = posts.platform and authors.handle_key = mentions.handle_key
    ) as known from mentions join posts on posts.id = mentions.post_id
    where mentions.post_id = :id order by mentions.id limit 24"""
