"""What Datasette shows of an archive beyond its tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from datasette import handle_exception, hookimpl
from datasette.filters import FilterArguments
from datasette.utils.asgi import Request
from markupsafe import Markup

from archiver.datasette_plugin import facets, filters, security
from archiver.datasette_plugin.pages import cells, routes

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = [
    "asgi_wrapper",
    "extra_css_urls",
    "extra_template_vars",
    "filters_from_request",
    "prepare_connection",
    "register_facet_classes",
    "register_routes",
    "render_cell",
    "startup",
]

# Where rich is installed, Datasette prints every 404 to the terminal with all local variables, and answers 500 to a
# 404 that was not raised. We need rich for progress; for this purpose Datasette shall not see it.
handle_exception.rich = None


@hookimpl  # type: ignore[untyped-decorator]
def startup() -> None:
    """Leaves facets to our classes; Datasette registers its own after the plugins."""
    facets.take_over()


@hookimpl  # type: ignore[untyped-decorator]
def asgi_wrapper(datasette: Datasette) -> Callable[[security.App], security.App]:
    """Headers of safety on every answer, and limits to requests."""
    return security.wrapper(datasette)


@hookimpl  # type: ignore[untyped-decorator]
def prepare_connection(conn: sqlite3.Connection, database: str | None, datasette: Datasette) -> None:
    """Limits to what queries may make."""
    security.limit(conn, database, datasette)


@hookimpl  # type: ignore[untyped-decorator]
def extra_css_urls() -> list[str]:
    """Our style sheets, served by Datasette itself."""
    return [f"/-/static-plugins/social-post-archiver/{name}.css" for name in ("explorer", "tables")]


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    """Our pages, and Datasette's pages of tables by queries of ours."""
    # Datasette loads plugins before its own views.
    late = [import_module(f"archiver.datasette_plugin.{name}") for name in ("pages.front", "rows")]
    return [*routes.ROUTES, *(route for module in late for route in module.ROUTES)]


@hookimpl  # type: ignore[untyped-decorator]
def register_facet_classes() -> Sequence[type]:
    """Facets counted from indexes, in the place of Datasette's own."""
    return facets.FACETS


@hookimpl  # type: ignore[untyped-decorator]
def extra_template_vars(
    datasette: Datasette, request: Request | None, template: str, database: str | None, table: str | None
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """What our templates ask for beyond Datasette's context."""

    async def told() -> dict[str, Any]:
        return await routes.template_vars(datasette, request, template, {"database": database, "table": table})

    return told


@hookimpl  # type: ignore[untyped-decorator]
def render_cell(value: object, datasette: Datasette) -> Markup | None:
    """Links out of the archive, in Datasette's own tables."""
    return cells.cell(value, datasette.setting("truncate_cells_html"))


@hookimpl  # type: ignore[untyped-decorator]
def filters_from_request(
    request: Request, database: str, table: str, datasette: Datasette
) -> Callable[[], Awaitable[FilterArguments | None]]:
    """Filters of posts by hashtag, outlet and so on; posts that no page embeds are left out without `_links=1`."""
    return lambda: filters.conditions(datasette, database, request, table)
