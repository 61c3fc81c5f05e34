"""An archive, asked within limits of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette.database import QueryInterrupted
from datasette.utils import tilde_decode
from datasette.utils.asgi import Forbidden, NotFound, Request

from archiver.datasette_plugin.pages import _links

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = ["Archive", "Row", "attached", "may_view", "of"]

Row = dict[str, Any]

LIMIT_MS = 800
_SEEN = "social-post-archiver.may-view"  # what a request was found to be allowed: Datasette takes long to tell
# Whoever may not see one of these sees no page of ours, for each page draws on several.
_READ = ("posts", "embeds", "pages", "authors", "outlets", "hashtags", "captures", "runs", "checks")
_DERIVED = "checks"  # the newest of the tables that we read: an archive without it is older than this program


@dataclass(frozen=True, slots=True)
class Archive:
    """One attached database that is an archive; `alone` where no other is attached."""

    datasette: Datasette
    name: str
    alone: bool

    async def rows(self, sql: str, limit_ms: int = LIMIT_MS, **params: object) -> list[Row] | None:
        """The rows of a query, or None where they take longer than the limit."""
        database = self.datasette.get_database(self.name)
        try:
            found = await database.execute(sql, params, custom_time_limit=limit_ms)
        except QueryInterrupted:
            return None
        return [dict(row) for row in found.rows]

    async def row(self, sql: str, limit_ms: int = LIMIT_MS, **params: object) -> Row | None:
        """The first row of a query; None where there is none, or not in time."""
        found = await self.rows(sql, limit_ms, **params)
        return found[0] if found else None

    def path(self, *parts: str, args: Mapping[str, object] | None = None, ending: str = "") -> str:
        """The address of a page of ours: `/-/hashtag/otters`, below the database's name where there are several."""
        place = "/-/" + "/".join(_links.segment(part) for part in parts) + ending
        base = place if self.alone else f"/{self.datasette.get_database(self.name).route}{place}"
        return str(self.datasette.urls.path(base + (f"?{urlencode(args)}" if args else "")))

    def post(self, key: str, ending: str = "") -> str:
        """The permanent address of a post, made of its natural key."""
        platform, _, rest = key.partition(":")
        place = self.path("post", platform)
        return f"{place}/{_links.whole(rest)}{ending}"

    def table(self, name: str, args: Mapping[str, object] | None = None) -> str:
        """The address of a table's page, with arguments."""
        query = f"?{urlencode(args, doseq=True)}" if args else ""
        return f"{self.datasette.urls.table(self.name, name)}{query}"

    @property
    def home(self) -> str:
        """The address of the home page."""
        return str(self.datasette.urls.instance()) if self.alone else self.path("home")


async def attached(datasette: Datasette) -> list[Archive]:
    """The attached databases that are archives."""
    found = [name for name, database in datasette.databases.items() if await database.table_exists(_DERIVED)]
    return [Archive(datasette, name, len(found) == 1) for name in found]


async def of(datasette: Datasette, request: Request) -> Archive:
    """The archive that a request is about. Raises NotFound, and Forbidden where it may not be seen."""
    route = request.url_vars.get("database")
    archives = await attached(datasette)
    if route is not None:
        archives = [a for a in archives if datasette.get_database(a.name).route == tilde_decode(route)]
    if len(archives) != 1:
        raise NotFound("Name the archive: /DATABASE/-/..." if archives else "No archive that this program can read")
    if not await may_view(archives[0], request):
        raise Forbidden("You do not have permission to view this archive")
    return archives[0]


async def may_view(archive: Archive, request: Request | None) -> bool:
    """Whether whoever asks may see all tables of which our pages are made."""
    known: dict[str, bool] = request.scope.setdefault(_SEEN, {}) if request else {}
    if archive.name not in known:
        actor = request.actor if request else None
        known[archive.name] = all([await _is_visible(archive, table, actor) for table in _READ])
    return known[archive.name]


async def _is_visible(archive: Archive, table: str, actor: Any) -> bool:
    permissions = [("view-table", (archive.name, table)), ("view-database", archive.name), "view-instance"]
    visible, _ = await archive.datasette.check_visibility(actor, permissions=permissions)
    return bool(visible)
