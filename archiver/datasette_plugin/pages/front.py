"""The front page: an archive's home, or all archives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request
from datasette.views.index import IndexView

from archiver.datasette_plugin.pages import _archive, home

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = ["ROUTES", "view"]


async def view(request: Request, datasette: Datasette) -> Any:
    """`/`: Datasette's own index asks about every table, which the home of one archive has no need of."""
    archive = next((a for a in await _archive.attached(datasette) if a.alone), None)
    if archive is None or request.url_vars["format"] or not await _archive.may_view(archive, request):
        return await IndexView(datasette).dispatch_request(request)
    return await home.page(archive, request)


ROUTES = [(r"^/(\.(?P<format>jsono?))?$", view)]
