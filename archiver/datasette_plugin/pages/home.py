"""The home page: what is in the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response

from archiver.datasette_plugin import charts
from archiver.datasette_plugin.pages import _archive, _cards, _links, _words
from archiver.datasette_plugin.pages._archive import Archive, Row
from archiver.datasette_plugin.pages._ranks import Rank, ranks

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = ["page", "view"]

_TOP = 12


async def view(request: Request, datasette: Datasette) -> Response:
    """`/DATABASE/-/home`, and `/-/home`."""
    return await page(await _archive.of(datasette, request), request)


async def page(archive: Archive, request: Request) -> Response:
    """The home page of an archive that may be seen."""
    metadata = archive.datasette.metadata()
    told = {"database": archive.name, "archive": archive, "home": await _context(archive), "metadata": metadata}
    return Response.html(await archive.datasette.render_template("explorer/home.html", told, request))


async def _context(archive: Archive) -> dict[str, Any]:
    """All that the home page shows of an archive."""
    months = await archive.rows(_MONTHS)
    platforms = await archive.rows(_PLATFORMS)
    return {
        "archive": archive,
        "counts": await archive.row(_COUNTS) or {},
        "n_posts": sum(row["n"] for row in platforms or ()),
        "span": await archive.row(_SPAN) or {},
        "chart": charts.over_time(
            [(row["month"], row["n"]) for row in months or ()],
            "When the posts were posted",
            href=lambda period: archive.table("posts", {_COLUMN[len(period)]: period}),
        ),
        "hashtags": await _hashtags(archive),
        "authors": await _authors(archive),
        "outlets": await _outlets(archive),
        "platforms": ranks(
            (_words.platform(row["platform"]), archive.table("posts", {"platform": row["platform"]}), row["n"])
            for row in platforms or ()
        ),
        "statuses": [
            (row["status"], archive.table("posts", {"status": row["status"]}), row["n"])
            for row in await archive.rows(_STATUSES, _STATUSES_MS) or ()
        ],
        "cards": await _cards.by_ids(archive, [row["id"] for row in await archive.rows(_MOST) or ()]),
        "run": await archive.row(_RUN),
        "failures": [
            row | {"link": _links.outward(row["target"])} for row in await archive.rows(_FAILURES, _FAILURES_MS) or ()
        ],
    }


async def _hashtags(archive: Archive) -> list[Rank]:
    rows = await archive.rows(_HASHTAGS, top=_TOP)
    return ranks((f"#{row['display']}", archive.path("hashtag", row["display"]), row["n_posts"]) for row in rows or ())


async def _authors(archive: Archive) -> list[Rank]:
    def named(row: Row) -> tuple[str, str, int]:
        return f"@{row['handle']}", archive.path("author", row["platform"], row["handle"]), row["n_posts"]

    return ranks(named(row) for row in await archive.rows(_AUTHORS, top=_TOP) or ())


async def _outlets(archive: Archive) -> list[Rank]:
    rows = await archive.rows(_OUTLETS, top=_TOP)
    return ranks((row["domain"], archive.path("outlet", row["domain"]), row["n_embeds"]) for row in rows or ())


_COLUMN = {4: "posted_year", 7: "posted_month"}
_COUNTS = """select (select count(*) from authors where n_posts > 0) as authors,
    (select ifnull(sum(n_pages), 0) from outlets) + (select count(*) from pages where outlet_id is null) as pages,
    (select count(*) from outlets) as outlets"""
_SPAN = """select min(posted_month) as first, max(posted_month) as last from post_stats where posted_month <> ''"""
_MONTHS = """select posted_month as month, sum(n_posts) as n from post_stats where posted_month <> '' group by 1"""
_PLATFORMS = "select platform, sum(n_posts) as n from post_stats group by 1 order by 2 desc, 1"
_HASHTAGS = "select display, n_posts from hashtags where n_posts > 0 order by n_posts desc, id limit :top"
_AUTHORS = "select platform, handle, n_posts from authors where n_posts > 0 order by n_posts desc, id limit :top"
_OUTLETS = "select domain, n_embeds from outlets where n_embeds > 0 order by n_embeds desc, id limit :top"
_MOST = "select id from posts where n_embeds > 0 order by n_pages desc, id desc limit 6"
_RUN = """select id, command, started_at, finished_at, outcome, n_pages, n_posts_new, n_failures
    from runs order by id desc limit 1"""
_FAILURES = """select target, error from captures where run_id = (select max(id) from runs) and outcome = 'failed'
    limit 5"""
_STATUSES = """select status, count(*) as n from posts where status is not null and status not in (
        select value from json_each((select value from settings where name = 'honour_deletions'))
    ) group by 1 order by 2 desc, 1"""
_STATUSES_MS = 100  # an index holds them, of which a large archive has many
_FAILURES_MS = 60  # a long run's captures are looked through for them
