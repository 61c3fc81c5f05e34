"""`archiver serve`: Datasette on an archive."""

from __future__ import annotations

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

from archiver import store
from archiver.cli import _common
from archiver.errors import ArchiverError

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver serve --open
  archiver serve --db metoo.db --port 8080
"""


@click.command("serve", epilog=_EPILOG)
@_common.existing
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0 takes any free port.")
@click.option("--open", "open_browser", is_flag=True, help="Open the archive in a browser.")
def command(db: Path, port: int, open_browser: bool) -> None:
    """Explore an archive with Datasette, on this machine only (127.0.0.1)."""
    if not db.exists():
        raise click.ClickException(f"{db}: no such archive (make it with: archiver archive TARGET... --db {db})")
    try:
        store.open_archive(db).close()
    except ArchiverError as error:
        raise click.ClickException(str(error)) from error
    listener = _listen(port)
    name = re.sub(r"[^\w-]", "_", db.stem)  # Datasette's links to rows need a name without dots
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/{name}"
    click.echo(f"Serving {db} at {url} (Ctrl-C stops)")
    if open_browser:
        Timer(1.0, webbrowser.open, [url]).start()
    datasette = Datasette([], metadata=_metadata(name), settings=_SETTINGS)
    datasette.add_database(Database(datasette, path=str(db), is_mutable=True), name=name)
    uvicorn.Server(uvicorn.Config(datasette.app(), log_level="warning", lifespan="on")).run(sockets=[listener])


_SETTINGS = {"default_page_size": 50, "facet_time_limit_ms": 1000, "sql_time_limit_ms": 5000}


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise click.ClickException(f"port {port}: {error.strerror} (give another with --port, or 0 for any)") from error
    return listener


def _metadata(name: str) -> dict[str, object]:
    """Our metadata, under the name that Datasette gives this file."""
    metadata: dict[str, object] = yaml.safe_load(store.metadata().read_text(encoding="utf-8"))
    databases = metadata["databases"]
    if isinstance(databases, dict):
        metadata["databases"] = {name: databases["archive"]}
    return metadata
