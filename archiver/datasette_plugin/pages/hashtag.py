"""The page of a hashtag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import NotFound, Request, Response

from archiver.datasette_plugin import charts, filters
from archiver.datasette_plugin.newest import NEWEST
from archiver.datasette_plugin.pages import _archive, _cards, _links
from archiver.datasette_plugin.pages._archive import Archive, Row
from archiver.datasette_plugin.pages._ranks import ranks

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = ["view"]

_TOP = 15
# Where the tag stands: the word in the address, its name, the condition, and the argument of the posts' table.
_PLACES = (
    ("any", "anywhere", ""),
    ("post", "in the post’s own text", " and in_post"),
    ("article", "only in the article’s words", " and in_context and not in_post"),
)


async def view(request: Request, datasette: Datasette) -> Response:
    """`/-/hashtag/TAG`, with `?in=post` or `?in=article` for where the tag stands."""
    archive = await _archive.of(datasette, request)
    spelled = _links.decoded(request.url_vars["tag"]).removeprefix("#")
    tag = _cards.tag_of(spelled)
    hashtag = await archive.row(_HASHTAG, tag=tag, spelled=spelled)
    if hashtag is None:
        raise NotFound(f"No post or article here has the hashtag #{spelled}")
    place = next((place for place in _PLACES if place[0] == request.args.get("in")), _PLACES[0])
    told = {"database": archive.name, "archive": archive, "hashtag": hashtag}
    told |= await _context(archive, hashtag, place[0], place[2])
    told["places"] = [(name, words, archive.path("hashtag", spelled, args=_args(name))) for name, words, _ in _PLACES]
    return Response.html(await datasette.render_template("explorer/hashtag.html", told, request))


async def _context(archive: Archive, hashtag: Row, place: str, condition: str) -> dict[str, Any]:
    def rows_of(**more: object) -> str:
        return archive.table("posts", {"_hashtag": hashtag["display"]} | _IN_TABLE[place] | more)

    def asked(sql: str, **params: object) -> Any:
        bound = {"id": hashtag["id"], "newest": NEWEST, "top": _TOP} | params
        return archive.rows(sql.replace("{condition}", condition + _EMBEDDED), **bound)

    in_text = hashtag["n_posts_in_text"]
    count = {"any": hashtag["n_posts"], "post": in_text, "article": hashtag["n_posts"] - in_text}[place]
    months = await archive.rows(_MONTHS.replace("{counted}", _COUNTED[place]), id=hashtag["id"])
    authors = await asked(_CHOSEN + _AUTHORS)
    outlets = await asked(_CHOSEN + _OUTLETS)
    together = await asked(_CHOSEN + _TOGETHER)
    return {
        "place": place,
        "count": count,
        "newest": NEWEST if count > NEWEST else None,
        "rows_href": rows_of(),
        "chart": charts.over_time(
            [(row["month"], row["n"]) for row in months or ()],
            f"Posts with #{hashtag['display']}",
            href=lambda period: rows_of(**{"posted_year" if len(period) == 4 else "posted_month": period}),
        ),
        "authors": authors
        and ranks(
            (f"@{row['handle']}", archive.path("author", row["platform"], row["handle"]), row["n"]) for row in authors
        ),
        "outlets": outlets
        and ranks((row["domain"], archive.path("outlet", row["domain"]), row["n"]) for row in outlets),
        "together": together
        and ranks((f"#{row['display']}", archive.path("hashtag", row["display"]), row["n"]) for row in together),
        "late": [words for words, rows in _named(authors=authors, outlets=outlets, hashtags=together) if rows is None],
        "earliest": await _cards.by_ids(archive, [row["post_id"] for row in await asked(_EARLIEST) or ()]),
        "latest": await _cards.by_ids(archive, [row["post_id"] for row in await asked(_LATEST) or ()]),
        "articles": await _articles(archive, hashtag, await asked(_BESIDE) or ()),
        "pages_href": archive.table("pages", {"hashtags__arraycontains": hashtag["display"]}),
        "network_href": archive.path("network", "hashtags", args={"with": hashtag["display"]}),
    }


async def _articles(archive: Archive, hashtag: Row, rows: Any) -> list[Row]:
    """Articles that name the tag beside an embed, newest first, each once."""
    found: dict[int, Row] = {}
    for row in rows:
        tags = {_cards.tag_of(tag) for tag in _cards.listed(row["context_hashtags"])}
        if hashtag["tag"] in tags and len(found) < _TOP:
            href = archive.path("article", str(row["id"]))
            found.setdefault(row["id"], row | {"href": href, "post_href": archive.post(row["key"])})
    return sorted(found.values(), key=lambda row: row["published_at"] or "", reverse=True)


def _named(**lists: list[Row] | None) -> list[tuple[str, list[Row] | None]]:
    return list(lists.items())


def _args(place: str) -> dict[str, str] | None:
    return None if place == "any" else {"in": place}


_IN_TABLE: dict[str, dict[str, str]] = {"any": {}, "post": {"_in": "post"}, "article": {"_in": "context"}}
_EMBEDDED = " and is_embedded"
_HASHTAG = """select id, display, tag, n_posts, n_posts_in_text, n_pages from hashtags
    where tag = :tag or display = :spelled limit 1"""
_COUNTED = {"any": "n_posts", "post": "n_posts_in_text", "article": "n_posts - n_posts_in_text"}
_MONTHS = """select posted_month as month, sum({counted}) as n from hashtag_stats
    where hashtag_id = :id and posted_month <> '' group by 1 having n > 0"""
_CHOSEN = """with chosen as materialized (
        select post_id, author_id from post_hashtags where hashtag_id = :id{condition}
        order by post_id desc limit :newest
    ) """
_AUTHORS = """select platform, handle, counted.n from (
        select author_id, count(*) as n from chosen where author_id is not null group by 1 order by 2 desc limit :top
    ) as counted join authors on authors.id = counted.author_id order by counted.n desc, authors.id"""
_OUTLETS = """select domain, counted.n from (
        select outlet_id, count(*) as n from chosen join post_outlets using (post_id) group by 1 order by 2 desc
        limit :top
    ) as counted join outlets on outlets.id = counted.outlet_id order by counted.n desc, outlets.id"""
_TOGETHER = """select display, counted.n from (
        select post_hashtags.hashtag_id, count(*) as n from chosen join post_hashtags using (post_id)
        where post_hashtags.hashtag_id <> :id group by 1 order by 2 desc limit :top
    ) as counted join hashtags on hashtags.id = counted.hashtag_id order by counted.n desc, hashtags.tag"""
_EARLIEST = """select post_id from post_hashtags
    where hashtag_id = :id and posted_month is not null{condition} order by post_id limit 3"""
_LATEST = "select post_id from post_hashtags where hashtag_id = :id{condition} order by post_id desc limit 6"
_BESIDE = f"""select pages.id, pages.title, pages.url, pages.published_at, outlets.domain, posts.key,
        embeds.context_hashtags
    from (
        select post_id from post_hashtags where hashtag_id = :id and in_context
            and post_id not in ({filters.HIDDEN}) order by post_id desc limit 300
    ) as beside
    join embeds on embeds.post_id = beside.post_id and embeds.context_hashtags <> '[]'
    join posts on posts.id = embeds.post_id
    join pages on pages.id = embeds.page_id
    left join outlets on outlets.id = pages.outlet_id
    limit 2000"""  # noqa: S608
