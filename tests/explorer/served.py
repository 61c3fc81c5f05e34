"""The explorer as strangers meet it: as a process, or with settings of its own."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import httpx
from datasette.app import Datasette
from datasette.plugins import pm

import archiver.datasette_plugin as plugin
from archiver.datasette_plugin import security
from tests.explorer.sites import METADATA, Site

__all__ = ["ROOT", "ask", "serving"]

ROOT = Path(__file__).parents[2]
_ADDRESS = re.compile(r"http://127\.0\.0\.1:[1-9]\d*/")
_WAIT_SECONDS = 60


@contextmanager
def serving(db: Path, *options: str) -> Iterator[str]:
    """The address, without a slash at its end, at which an archive is served while the block lasts."""
    log = db.with_suffix(".log")
    folders = [str(ROOT), *_as_installed(db.parent)]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(folders), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "archiver", "serve", "--db", str(db), "--port", "0", *options]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=env)
    try:
        yield _answering(process, log)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=_WAIT_SECONDS)
    assert "Traceback" not in log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")


def ask(site: Site, *paths: str, plugins: dict[str, Any] | None = None, **more: Any) -> list[httpx.Response]:
    """What is answered to each path where our plugin and Datasette are configured so."""

    async def asked() -> list[httpx.Response]:
        metadata = METADATA | {"plugins": {security.CONFIG: plugins or {}}}
        datasette = Datasette([str(site.file)], metadata=metadata, **more)
        await datasette.invoke_startup()
        try:
            return [await datasette.client.get(path) for path in paths]
        finally:
            datasette.executor.shutdown()
            for database in datasette.databases.values():
                database.close()

    if not pm.is_registered(plugin):  # it is, by its entry point, where the project is installed
        pm.register(plugin)
    return asyncio.run(asked())


def _as_installed(folder: Path) -> list[str]:
    """Where a process finds the entry point of our plugin, where the project itself is not installed."""
    try:
        distribution("social-post-archiver")
    except PackageNotFoundError:
        told = folder / "installed" / "social_post_archiver-0.dist-info"
        told.mkdir(parents=True, exist_ok=True)
        (told / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: social-post-archiver\nVersion: 0\n", encoding="utf-8"
        )
        (told / "entry_points.txt").write_text("[datasette]\narchiver = archiver.datasette_plugin\n", encoding="utf-8")
        return [str(told.parent)]
    return []


def _answering(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if told := _ADDRESS.search(log.read_text(encoding="utf-8")):
            try:
                httpx.get(told[0], trust_env=False, timeout=_WAIT_SECONDS)
            except httpx.TransportError:  # it does not listen yet
                pass
            else:
                return told[0].rstrip("/")
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))
