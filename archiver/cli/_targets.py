"""Options on what is read and how it is fetched."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from importlib import import_module
from typing import Concatenate, ParamSpec

import click

from archiver.cli._times import PAUSE, TIMEOUT
from archiver.sources import Settings

__all__ = ["check", "fetching", "following", "jobs", "targets"]

_DEFAULTS = Settings()
_P = ParamSpec("_P")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\x00]*)")


def targets(command: Callable[_P, None]) -> Callable[_P, None]:
    """The argument TARGET, as often as wanted, and the option --urls."""
    command = click.option(
        "--urls",
        "lists",
        multiple=True,
        metavar="FILE",
        help="Also fetch the URLs that a file lists: one a line, a CSV or TSV column, bookmarks, OPML; - for stdin.",
    )(command)
    return click.argument("targets", nargs=-1, metavar="[TARGET]...")(command)


def check(targets: tuple[str, ...], lists: tuple[str, ...]) -> None:
    """Raises click.UsageError when there is nothing to read."""
    if not targets and not lists:
        raise click.UsageError("Missing argument 'TARGET...'.")


def jobs(command: Callable[_P, None]) -> Callable[_P, None]:
    """The option --jobs."""
    return click.option(
        "--jobs",
        type=click.IntRange(1, 256),
        default=min(4, os.cpu_count() or 1),
        metavar="N",
        help="Read pages, and ranges of long WARC files, in N processes. [default: one a core, at most 4]",
    )(command)


def following(command: Callable[_P, None]) -> Callable[_P, None]:
    """The options on which of the pages that lists name are fetched; `fetching` makes settings of them."""
    for option in (
        click.option("--max-pages", type=click.IntRange(min=1), metavar="N", help="Fetch at most N pages."),
        click.option(
            "--since",
            type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
            metavar="DATE",
            help="Of the pages that sitemaps, feeds and lists date, fetch those of this day (UTC) and later.",
        ),
        click.option("--follow", is_flag=True, help="Also fetch the pages that feeds link to."),
    ):
        command = option(command)
    return command


def fetching(command: Callable[Concatenate[Settings, _P], None]) -> Callable[_P, None]:
    """The options on how URLs are fetched, as one argument `settings`."""

    @wraps(command)
    def with_settings(*args: _P.args, **options: _P.kwargs) -> None:
        fields = {name: options.pop(name) for name in tuple(options) if name in _FIELDS}
        command(_settings(**fields), *args, **options)  # type: ignore[arg-type]

    for option in reversed(_OPTIONS):
        with_settings = option(with_settings)
    return with_settings


def _settings(
    *, headers: tuple[str, ...] = (), since: datetime | None = None, render: bool = False, **rest: object
) -> Settings:
    pairs = tuple(_pair(header) for header in headers)
    at = since.replace(tzinfo=UTC) if since else None
    fetch = import_module("archiver.sources.render").fetch if render else None  # Playwright is heavy, and an extra
    return Settings(headers=pairs, since=at, fetch=fetch, **rest)  # type: ignore[arg-type]


def _pair(header: str) -> tuple[str, str]:
    found = _HEADER.fullmatch(header)
    if not found:
        raise click.BadParameter(f"{header!r} is no header (Name: value)", param_hint="--header")
    return found[1], found[2]


_OPTIONS = (
    click.option(
        "--timeout",
        type=TIMEOUT,
        default=_DEFAULTS.timeout,
        show_default=True,
        metavar="SECONDS",
        help="Longest wait for a server's answer.",
    ),
    click.option(
        "--delay",
        type=PAUSE,
        default=_DEFAULTS.delay,
        show_default=True,
        metavar="SECONDS",
        help="Between two requests to one host.",
    ),
    click.option(
        "--user-agent", default=_DEFAULTS.user_agent, metavar="TEXT", help="How to introduce ourselves to servers."
    ),
    click.option(
        "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A further header for each request."
    ),
    click.option(
        "--ignore-robots",
        is_flag=True,
        help="Fetch also what a site's robots.txt asks robots to leave alone; its Crawl-delay is ignored too.",
    ),
    click.option(
        "--allow-private",
        is_flag=True,
        help="Also fetch from private addresses (localhost, 10.x, 192.168.x ...), which are refused otherwise.",
    ),
    click.option(
        "--render",
        is_flag=True,
        help="Run each page's scripts in Chromium first (needs the extra: pip install 'social-post-archiver[render]').",
    ),
)
_FIELDS = {
    "timeout", "delay", "user_agent", "headers", "ignore_robots", "allow_private", "render",
    "follow", "since", "max_pages",
}  # fmt: skip
