"""`archiver serve`: Datasette on an archive."""

from __future__ import annotations

import ipaddress
import re
import socket
import webbrowser
from pathlib import Path
from threading import Timer

import click
import uvicorn
import yaml
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from archiver import store
from archiver.cli import _common

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver serve --open
  archiver serve --db metoo.db --port 8080
  archiver serve --public --host 0.0.0.0            # for others too, with limits

\b
With --public nobody can run SQL of their own, download the file, stream whole tables as CSV, or send anything
but GET and HEAD; facets, rows, values and time are limited, and the archive is opened to be read only. Saved
queries and all pages work. Limits a visitor and HTTPS are a proxy's part: put one in front. An archive tells
everything that it holds: also its runs, with their arguments, and the names of the files that they read.
"""

_SETTINGS = {"default_page_size": 50, "facet_time_limit_ms": 1000, "sql_time_limit_ms": 5000}
_PUBLIC_SETTINGS = {
    "default_page_size": 50,
    "default_allow_sql": False,
    "allow_download": False,
    "allow_csv_stream": False,
    "suggest_facets": False,
    "max_returned_rows": 1000,
    "max_csv_mb": 20,
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 200,
    "template_debug": False,
    "trace_debug": False,
}
_PLUGIN = "archiver.datasette_plugin"  # which Datasette finds where the project is installed
_MOST_AT_ONCE = 100  # connections and requests of a public server; further ones are answered by 503


@click.command("serve", epilog=_EPILOG)
@_common.existing
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0 takes any free port.")
@click.option("--open", "open_browser", is_flag=True, help="Open the archive in a browser.")
@click.option(
    "--public", is_flag=True, help="For strangers: no SQL of their own, no downloads, and limits (see below)."
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen at; one that other machines reach (0.0.0.0 is all) needs --public.",
)
def command(db: Path, port: int, open_browser: bool, public: bool, host: str) -> None:
    """Explore an archive with Datasette, on this machine only (127.0.0.1) unless told otherwise."""
    with _common.opened(db):
        pass  # it is one, and of this version now
    if public and not any(each.__name__ == _PLUGIN for each in pm.get_plugins()):
        raise click.ClickException(
            "--public needs the explorer, which sets its limits: pip install social-post-archiver"
        )
    listener = _listen(host, port)
    address = ipaddress.ip_address(listener.getsockname()[0])
    if not address.is_loopback and not public:
        listener.close()
        raise click.UsageError(f"--host {host}: other machines could run SQL on the archive (add --public)")
    url = f"http://{_reachable(address)}:{listener.getsockname()[1]}/"
    click.echo(f"Serving {db} at {url} (Ctrl-C stops)")
    if open_browser:
        Timer(1.0, webbrowser.open, [url]).start()
    config = uvicorn.Config(
        _datasette(db, {"public": True} if public else {"hosts": _names(host, address)}).app(),
        log_level="warning",
        lifespan="on",
        server_header=False,
        limit_concurrency=_MOST_AT_ONCE if public else None,
    )
    uvicorn.Server(config).run(sockets=[listener])


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError) as error:
        raise click.ClickException(f"--host {host}: no such address (0.0.0.0 is all of this machine)") from error
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        cure = f"port {port}: {error.strerror} (give another with --port, or 0 for any)"
        raise click.ClickException(cure if host == "127.0.0.1" else f"--host {host}, {cure}") from error
    return listener


def _reachable(address: _Address) -> str:
    """The address as it stands in a URL on this machine."""
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return str(address) if address.version == 4 else f"[{address}]"


def _names(host: str, address: _Address) -> list[str]:
    """The names by which a browser on this machine may ask for a server that only it reaches."""
    return sorted({"127.0.0.1", "localhost", "[::1]", host, _reachable(address)})


def _datasette(db: Path, safety: dict[str, object]) -> Datasette:
    """Datasette on an archive, with our metadata under the name that it gives this file."""
    name = re.sub(r"[^\w-]", "_", db.stem)  # Datasette's links to rows need a name without dots
    metadata: dict[str, object] = yaml.safe_load(store.metadata().read_text(encoding="utf-8"))
    databases = metadata["databases"]
    if isinstance(databases, dict):
        metadata["databases"] = {name: databases["archive"]}
    metadata["plugins"] = {"social-post-archiver": safety}
    datasette = Datasette([], metadata=metadata, settings=_PUBLIC_SETTINGS if safety.get("public") else _SETTINGS)
    datasette.add_database(Database(datasette, path=str(db), is_mutable=True), name=name)
    return datasette
