"""The page of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound, Request, Response

from archiver.datasette_plugin import charts, filters
from archiver.datasette_plugin.pages import _archive, _cards, _links, _words
from archiver.datasette_plugin.pages._ranks import ranks

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = ["view"]

_NEWEST = 10_000  # no index holds all that is asked of an account’s posts
_TOP = 15


async def view(request: Request, datasette: Datasette) -> Response:
    """`/-/author/PLATFORM/HANDLE`, whatever the case of the handle."""
    archive = await _archive.of(datasette, request)
    platform = _links.decoded(request.url_vars["platform"])
    handle = _links.decoded(request.url_vars["handle"]).removeprefix("@")
    author = await archive.row(_AUTHOR, platform=platform, key=handle.lower(), handle=handle)
    if author is None:
        raise NotFound(f"No post here is by @{handle} on {_words.platform(platform)}")
    asked = {"id": author["id"], "newest": _NEWEST, "top": _TOP}
    rows_args = {"author_id": author["id"]}
    months = await archive.rows(_MONTHS, id=author["id"], newest=_NEWEST)
    outlets = await archive.rows(_CHOSEN + _OUTLETS, **asked)
    hashtags = await archive.rows(_CHOSEN + _HASHTAGS, **asked)
    told = {
        "database": archive.name,
        "archive": archive,
        "author": author,
        "platform_name": _words.platform(author["platform"]),
        "link": _links.outward(author["url"]),
        "wayback": _links.wayback(author["url"]),
        "newest": _NEWEST if author["n_posts"] > _NEWEST else None,
        "rows_href": archive.table("posts", rows_args),
        "chart": charts.over_time(
            [(row["month"], row["n"]) for row in months or ()],
            f"Posts of @{author['handle']}",
            href=lambda period: archive.table(
                "posts", rows_args | {"posted_year" if len(period) == 4 else "posted_month": period}
            ),
        ),
        "outlets": ranks((row["domain"], archive.path("outlet", row["domain"]), row["n"]) for row in outlets or ()),
        "hashtags": ranks(
            (f"#{row['display']}", archive.path("hashtag", row["display"]), row["n"]) for row in hashtags or ()
        ),
        "late": [words for words, found in (("outlets", outlets), ("hashtags", hashtags)) if found is None],
        "most": await _cards.by_ids(archive, [row["id"] for row in await archive.rows(_MOST, id=author["id"]) or ()]),
        "latest": await _cards.by_ids(
            archive, [row["id"] for row in await archive.rows(_LATEST, id=author["id"]) or ()]
        ),
        "names": await archive.rows(_NAMES, id=author["id"]) or [],
        "named_by": await archive.rows(_NAMED_BY, key=author["handle_key"], platform=author["platform"]) or [],
        "conflicts": await archive.rows(_CONFLICTS, id=author["id"]) or [],
    }
    return Response.html(await datasette.render_template("explorer/author.html", told, request))


_AUTHOR = """select id, platform, handle, handle_key, name, n_posts, url from authors
    where platform = :platform and handle_key in (:key, lower(:handle)) limit 1"""
_MONTHS = """select posted_month as month, count(*) as n from (
        select posted_month from posts where author_id = :id and n_embeds > 0 order by id desc limit :newest
    ) where posted_month is not null group by 1"""
_CHOSEN = """with chosen as materialized (
        select id as post_id from posts where author_id = :id and n_embeds > 0 order by id desc limit :newest
    ) """
_OUTLETS = """select domain, counted.n from (
        select outlet_id, count(*) as n from chosen join post_outlets using (post_id) group by 1 order by 2 desc
        limit :top
    ) as counted join outlets on outlets.id = counted.outlet_id order by counted.n desc, outlets.id"""
_HASHTAGS = """select display, counted.n from (
        select hashtag_id, count(*) as n from chosen join post_hashtags using (post_id) group by 1 order by 2 desc
        limit :top
    ) as counted join hashtags on hashtags.id = counted.hashtag_id order by counted.n desc, hashtags.tag"""
_MOST = """select id from (
        select id, n_pages from posts where author_id = :id and n_embeds > 0 order by id desc limit 10000
    ) where n_pages > 1 order by n_pages desc, id desc limit 3"""
_LATEST = "select id from posts where author_id = :id and n_embeds > 0 order by id desc limit 9"
_NAMES = f"""select author_name as name, count(*) as n from (
        select embeds.author_name from posts join embeds on embeds.post_id = posts.id
        where posts.author_id = :id and embeds.author_name is not null
            and posts.id not in ({filters.HIDDEN}) limit 5000
    ) group by 1 order by 2 desc, 1 limit 8"""  # noqa: S608
_NAMED_BY = """select authors.handle, authors.platform, count(*) as n from mentions
    join posts on posts.id = mentions.post_id and posts.platform = :platform and posts.n_embeds > 0
    join authors on authors.id = posts.author_id
    where mentions.handle_key = :key and authors.handle_key <> :key group by authors.id order by 3 desc, 1 limit 8"""
_CONFLICTS = f"""select distinct embeds.handle as shown from (
        select id from posts where author_id = :id and id not in ({filters.HIDDEN}) order by id desc limit 2000
    ) as chosen join embeds on embeds.post_id = chosen.id
    where embeds.handle is not null
        and lower(embeds.handle) <> (select handle_key from authors where id = :id) limit 8"""  # noqa: S608
