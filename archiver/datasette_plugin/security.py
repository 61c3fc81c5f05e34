"""What pages may load, and what requests may cost."""

from __future__ import annotations

import base64
import hashlib
import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from datasette.utils.asgi import Response

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = ["CONFIG", "MOST_ARGUMENTS", "MOST_FACETS", "VALUE_BYTES", "limit", "scripts", "wrapper"]

App = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]
Refusal = tuple[int, str]

# The key below `plugins` of Datasette's metadata. `csp: false` leaves the policy away, for plugins whose own scripts it
# would stop; `hosts` are the names by which alone the server answers; `public: true` answers reading requests only.
CONFIG = "social-post-archiver"

MOST_FACETS = 8  # asked for in one address: each is a query of its own
MOST_ARGUMENTS = 200
VALUE_BYTES = 64_000_000  # the longest text or blob that a query may make; no time limit stops one function's call
_PATTERN_BYTES = 1000  # LIKE takes time that grows with the square of its pattern
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:@/\[\]]+)(?::\d*)?")
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_ALLOW_FACET = "{{ datasette_allow_facet }}"
_READING = {"GET", "HEAD"}
_PRIVATE = re.compile(r"/-/(?:databases|threads)(?:\.json)?")  # they tell the server's folders and tasks
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def wrapper(datasette: Datasette) -> Callable[[App], App]:
    """Datasette's app with our headers on all that it answers, and without the requests that we refuse."""
    config: Mapping[str, Any] = datasette.plugin_config(CONFIG) or {}
    told = _HEADERS | ({} if config.get("csp") is False else {"content-security-policy": _policy()})
    headers = [(name.encode(), value.encode()) for name, value in told.items()]
    hosts = frozenset(map(str.lower, config.get("hosts") or ()))
    is_public = config.get("public") is True

    def wrapped(app: App) -> App:
        async def guarded(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            async def send_more(message: MutableMapping[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    own = list(message.get("headers", ()))
                    names = {name.lower() for name, _ in own}
                    message = {**message, "headers": own + [pair for pair in headers if pair[0] not in names]}
                await send(message)

            if scope["type"] != "http":
                await app(scope, receive, send)
            elif refusal := _refusal(scope, hosts, is_public=is_public):
                await Response.text(refusal[1], status=refusal[0]).asgi_send(send_more)
            else:
                await app(scope, receive, send_more)

        return guarded

    return wrapped


def limit(connection: sqlite3.Connection, database: str | None, datasette: Datasette) -> None:
    """Bounds what a connection's queries may make, and which files they may open."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, VALUE_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _PATTERN_BYTES)
    if not (datasette.crossdb and database == "_memory"):  # there Datasette itself attaches the other databases
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)


def scripts() -> frozenset[str]:
    """The inline scripts of the installed Datasette's templates, as its pages have them."""
    return frozenset(_scripts(file.read_text(encoding="utf-8") for file in _templates()))


def _templates() -> Iterator[Any]:
    return (file for file in (files("datasette") / "templates").iterdir() if file.name.endswith(".html"))


def _scripts(templates: Iterable[str]) -> Iterator[str]:
    """Scripts that are the same on every page, and the one that tells a setting; others we cannot know beforehand."""
    for script in (script for template in templates for script in _INLINE.findall(template)):
        told = [script.replace(_ALLOW_FACET, word) for word in ("true", "false")]
        yield from (each for each in told if "{{" not in each and "{%" not in each)


@cache
def _policy() -> str:
    """The Content-Security-Policy: no script but Datasette's own, and nothing from elsewhere."""
    digests = sorted(base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts())
    hashes = " ".join(f"'sha256-{digest}'" for digest in digests)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {hashes}",
            "style-src 'self' 'unsafe-inline'",  # a table's page has its columns' names in a style sheet of its own
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _refusal(scope: MutableMapping[str, Any], hosts: frozenset[str], *, is_public: bool) -> Refusal | None:
    """Why a request is not answered, in a status and words; None where it is."""
    if hosts and _host(scope) not in hosts:
        # A page elsewhere can give its own name the address of this machine, and then read what we answer.
        return 421, f"This server is asked as {' or '.join(sorted(hosts))} (archiver serve --public: by any name)"
    if is_public and scope["method"] not in _READING:
        return 405, "This server answers GET and HEAD only"
    if is_public and _PRIVATE.fullmatch(scope["path"]):
        return 404, "Not told by a public server"
    try:
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), True, max_num_fields=MOST_ARGUMENTS)
    except ValueError:
        return 400, f"At most {MOST_ARGUMENTS} arguments at once"
    facets = [name for name, _ in pairs if name.startswith("_facet") and name != "_facet_size"]
    if len(facets) > MOST_FACETS:
        return 400, f"At most {MOST_FACETS} facets at once, beside those that a table always has"
    return None


def _host(scope: MutableMapping[str, Any]) -> str | None:
    """The host that a request names, without its port; None where it names none, or several."""
    told = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
    match = _HOST.fullmatch(told[0]) if len(told) == 1 else None
    return match[1] if match else None
