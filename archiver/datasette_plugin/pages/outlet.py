"""The page of an outlet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound, Request, Response

from archiver.datasette_plugin import charts
from archiver.datasette_plugin.newest import NEWEST
from archiver.datasette_plugin.pages import _archive, _cards, _links, _words
from archiver.datasette_plugin.pages._ranks import ranks

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = ["view"]

_TOP = 15


async def view(request: Request, datasette: Datasette) -> Response:
    """`/-/outlet/DOMAIN`."""
    archive = await _archive.of(datasette, request)
    domain = _links.decoded(request.url_vars["domain"])
    outlet = await archive.row(_OUTLET, domain=domain, lower=domain.lower())
    if outlet is None:
        raise NotFound(f"No article of {domain} is here")
    asked = {"id": outlet["id"], "newest": NEWEST, "top": _TOP}
    authors = await archive.rows(_CHOSEN + _AUTHORS, **asked)
    hashtags = await archive.rows(_CHOSEN + _HASHTAGS, **asked)
    platforms = await archive.rows(_PLATFORMS, id=outlet["id"])
    rows_args = {"_outlet": outlet["domain"]}
    articles = await archive.rows(_ARTICLES, id=outlet["id"]) or []
    told = {
        "database": archive.name,
        "archive": archive,
        "outlet": outlet,
        "newest": NEWEST if outlet["n_posts"] > NEWEST else None,
        "rows_href": archive.table("posts", rows_args),
        "pages_href": archive.table("pages", {"outlet_id": outlet["id"]}),
        "chart": charts.over_time(
            [(row["month"], row["n"]) for row in await archive.rows(_PUBLISHED, id=outlet["id"]) or ()],
            f"Articles of {outlet['domain']} that are here",
            unit="articles",
            href=lambda period: archive.table(
                "pages",
                {"outlet_id": outlet["id"], "published_year" if len(period) == 4 else "published_month": period},
            ),
        ),
        "authors": ranks(
            (f"@{row['handle']}", archive.path("author", row["platform"], row["handle"]), row["n"])
            for row in authors or ()
        ),
        "hashtags": ranks(
            (f"#{row['display']}", archive.path("hashtag", row["display"]), row["n"]) for row in hashtags or ()
        ),
        "platforms": ranks(
            (
                _words.platform(row["platform"]),
                archive.table("posts", rows_args | {"platform": row["platform"]}),
                row["n"],
            )
            for row in platforms or ()
        ),
        "late": [
            words
            for words, found in (("accounts", authors), ("hashtags", hashtags), ("platforms", platforms))
            if found is None
        ],
        "articles": [row | {"href": archive.path("article", str(row["id"]))} for row in articles],
        "latest": await _cards.by_ids(
            archive, [row["post_id"] for row in await archive.rows(_LATEST, id=outlet["id"]) or ()]
        ),
    }
    return Response.html(await datasette.render_template("explorer/outlet.html", told, request))


_OUTLET = "select id, domain, name, n_pages, n_embeds, n_posts from outlets where domain in (:domain, :lower) limit 1"
_CHOSEN = """with chosen as materialized (
        select post_id, author_id from post_outlets where outlet_id = :id order by post_id desc limit :newest
    ) """
_AUTHORS = """select platform, handle, counted.n from (
        select author_id, count(*) as n from chosen where author_id is not null group by 1 order by 2 desc limit :top
    ) as counted join authors on authors.id = counted.author_id order by counted.n desc, authors.id"""
_HASHTAGS = """select display, counted.n from (
        select hashtag_id, count(*) as n from chosen join post_hashtags using (post_id) group by 1 order by 2 desc
        limit :top
    ) as counted join hashtags on hashtags.id = counted.hashtag_id order by counted.n desc, hashtags.tag"""
_PLATFORMS = "select platform, count(*) as n from post_outlets where outlet_id = :id group by 1 order by 2 desc, 1"
_PUBLISHED = """select published_month as month, count(*) as n from pages
    where outlet_id = :id and published_month is not null group by 1"""
_ARTICLES = """select id, title, url, published_at, n_embeds from pages where outlet_id = :id
    order by published_at desc, id desc limit 20"""
_LATEST = "select post_id from post_outlets where outlet_id = :id order by post_id desc limit 6"
