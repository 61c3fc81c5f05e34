"""Which address is answered by which page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request

from archiver.datasette_plugin.pages import (
    _archive,
    article,
    author,
    hashtag,
    home,
    network,
    outlet,
    post,
    question,
    tables,
)

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = ["ROUTES", "template_vars"]

# Each also below the name of a database, for where several archives are served.
ROUTES: list[tuple[str, Callable[..., Awaitable[Any]]]] = [
    (rf"^(?:/(?P<database>[^/]+))?/-/{pattern}$", view)
    for pattern, view in (
        (r"home", home.view),
        (r"hashtag/(?P<tag>[^/]+)", hashtag.view),
        (r"author/(?P<platform>[^/]+)/(?P<handle>[^/]+)", author.view),
        (r"outlet/(?P<domain>[^/]+)", outlet.view),
        (r"article/(?P<id>[0-9]+)", article.view),
        (r"post/(?P<platform>[^/]+)/(?P<rest>.+?)(?:\.(?P<ending>csl\.json|json|bib|card\.html))?", post.view),
        (r"network/(?P<kind>[^/.]+)(?:\.(?P<ending>gexf))?", network.view),
        (r"questions", question.index),
        (r"question/(?P<name>[a-z_]+)", question.view),
    )
]


async def template_vars(
    datasette: Datasette, request: Request | None, template: str, told: dict[str, Any]
) -> dict[str, Any]:
    """What our templates ask for beyond a page's own context; `explorer` is the archive, None for another database."""
    archives = await _archive.attached(datasette)
    database = told.get("database")
    archive = next((a for a in archives if a.name == database or (database is None and a.alone)), None)
    if archive is None or not await _archive.may_view(archive, request):
        return {"explorer": None, "archives": [a for a in archives if template == "index.html"]}
    more: dict[str, Any] = {"explorer": archive, "archives": []}
    if template == "table.html" and request is not None and told.get("table"):
        more |= tables.vars_of_table(archive, request, told["table"])
    elif template == "query.html":
        more["query_chart"] = tables.query_chart
    elif template == "row.html":
        more["page_of_row"] = tables.page_of_row
    return more
