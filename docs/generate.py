"""Writes cli.md, platforms.md and schema.md: `python docs/generate.py`."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import click
import yaml
from click.testing import CliRunner
from sqlite_utils import Database
from sqlite_utils.db import Table, View

from archiver import store
from archiver.cli import cli
from archiver.model import Capture, Embed
from archiver.page import read_page
from archiver.platforms import PLATFORMS, Platform

_HERE = Path(__file__).parent
_NOTE = "<!-- Made by `make docs`: change the sources, not this file. -->"
_WIDTH = 100
_COMMENTED = re.compile(r"^((?:-- .*\n)+)create (?:virtual )?(?:table|view) (\w+)", re.MULTILINE)


_SELECTORS = re.compile(r", (?![^()]*\))")
_FACTS = _HERE.parent / "tests" / "embeds"
_KINDS = {".html": "text/html", ".txt": "text/plain", ".md": "text/markdown"}
_FIELDS = (
    "platform_id permalink handle author_name author_url text lang date_shown posted_at hashtags mentions links media"
).split()
_ANYWHERE = {
    "iframe": "A frame, `object` or `embed` whose address shows a post, also through Embedly, iframely and their like.",
    "bare_url": "A paragraph that is a post's address and nothing else; publishing systems make an embed of it.",
    "data_attribute": "An element whose `data-` attribute, or `cite`, is a post's address.",
    "container": "An element that calls itself the embed of a platform and holds a link to one post.",
    "json": "A post in the page's JSON: the state of an application, JSON-LD, oEmbed.",
    "shortcode": "A shortcode of Hugo, Jekyll, Forem, Hashnode or WordPress, in a Markdown source.",
    "text_signature": "A post in plain text, signed as in a copy of a web page: `— Name (@handle) November 29, 2017`.",
    "link": "A link to a post in running prose. Stored, but counted as no embed.",
}


def main() -> None:
    """Writes the files beside this one."""
    for name, text in documents().items():
        (_HERE / name).write_text(text, encoding="utf-8", newline="\n")


def documents() -> dict[str, str]:
    """The generated documents by file name."""
    return {
        "cli.md": "\n".join(_commands()),
        "platforms.md": "\n".join(_platforms()),
        "schema.md": "\n".join(_schema()),
    }


def _commands() -> Iterator[str]:
    yield from ("# Commands", "", _NOTE, "")
    for words in ([], *_subcommands(cli)):
        arguments = [*words, "--help"]
        told = CliRunner().invoke(cli, arguments, prog_name="archiver", terminal_width=_WIDTH, catch_exceptions=False)
        yield from (f"## {' '.join(['archiver', *arguments[:-1]])}", "", "```text", told.output.strip(), "```", "")


def _subcommands(group: click.Group) -> Iterator[list[str]]:
    """The words of each command, and of each of its own after it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        yield [name]
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from ([name, *words] for words in _subcommands(command))


def _platforms() -> Iterator[str]:
    yield from ("# Platforms and shapes", "", _NOTE, "")
    yield "What can be recognised, and which fields a form of embed can tell: those that the pages in `tests/embeds/`"
    yield "show, so that nothing stands here that no test holds. [The glossary](glossary.md) has the words."
    yield from ("", "## Forms of a platform's own", "", "| platform | shape | selector | fields |", "|---|---|---|---|")
    for platform in PLATFORMS:
        for shape in platform.shapes:
            selectors = ", ".join(f"`{part}`" for part in _SELECTORS.split(shape.selector.replace("|", "\\|")))
            yield f"| {platform.name} | `{shape.name}` | {selectors} | {_told(shape.name, platform.name)} |"
    yield from ("", "## Forms of any platform", "", "| shape | meaning | shown with | fields |", "|---|---|---|---|")
    for shape_name, meaning in _ANYWHERE.items():
        shown = {embed.post.platform for embed, _ in _facts() if embed.shape == shape_name}
        names = ", ".join(p.name for p in PLATFORMS if p.name in shown) or "-"
        yield f"| `{shape_name}` | {meaning} | {names} | {_told(shape_name)} |"
    yield from ("", "## Times", "")
    yield "How those pages tell when a post was made; [the glossary](glossary.md) says what each `time_source` means."
    yield from ("", "| platform | ids carry a clock | time_source and precision |", "|---|---|---|")
    for platform in PLATFORMS:
        posts = [embed.post for embed, _ in _facts() if embed.post.platform == platform.name]
        sources = sorted({f"`{p.time_source}` ({p.time_precision})" for p in posts if p.time_source})
        yield f"| {platform.name} | {_clock(platform)} | {', '.join(sources) or '-'} |"
    yield ""


def _clock(platform: Platform) -> str:
    if platform.clock is None:
        return "no"
    return "yes, no post is older than its id" if platform.clock.is_lower_bound else "yes"


def _told(shape: str, platform: str | None = None) -> str:
    """The fields that the facts expect of a shape's embeds."""
    expected = [w for embed, w in _facts() if embed.shape == shape and platform in (None, embed.post.platform)]
    return ", ".join(field for field in _FIELDS if any(wanted.get(field) for wanted in expected)) or "-"


@cache
def _facts() -> list[tuple[Embed, dict[str, object]]]:
    """The embeds of the pages in tests/embeds, each with the fields that the file beside the page expects."""
    found: list[tuple[Embed, dict[str, object]]] = []
    for path in sorted(p for p in _FACTS.rglob("*") if p.suffix in _KINDS):
        capture = Capture(path.name, path.read_bytes(), _KINDS[path.suffix], "file", datetime(2026, 1, 2, tzinfo=UTC))
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        found += zip(read_page(capture).embeds, expected, strict=True)
    return found


def _schema() -> Iterator[str]:
    yield from ("# Tables, views and columns", "", _NOTE, "")
    told = yaml.safe_load(store.metadata().read_text(encoding="utf-8"))["databases"]["archive"]["tables"]
    comments = _comments()
    with tempfile.TemporaryDirectory() as folder, closing(store.open_archive(Path(folder) / "archive.db")) as archive:
        db = Database(archive)
        for name in (*db.table_names(), *db.view_names()):
            if name in comments:
                descriptions = told.get(name, {}).get("columns", {})
                yield from (f"## {name}", "", comments[name], "")
                yield from _columns(db[name], descriptions)


def _columns(table: Table | View, descriptions: dict[str, str]) -> Iterator[str]:
    """A table of the columns that are described; nothing for a search index, whose columns are those of its table."""
    foreign = table.foreign_keys if isinstance(table, Table) else []
    targets = {key.column: f" ([{key.other_table}](#{key.other_table}))" for key in foreign}
    if descriptions:
        yield from ("| column | type | meaning |", "|---|---|---|")
        for column in table.columns:
            meaning = descriptions.get(column.name, "").replace("|", "\\|") + targets.get(column.name, "")
            yield f"| `{column.name}` | {column.type.lower()} | {meaning} |"
        yield ""


def _comments() -> dict[str, str]:
    """What stands above each table and view in the folder db/."""
    db = _HERE.parent / "db"
    sql = "\n".join(p.read_text(encoding="utf-8") for p in (*sorted(db.glob("migrations/*.sql")), db / "views.sql"))
    return {name: " ".join(comment.replace("-- ", "").split()) for comment, name in _COMMENTED.findall(sql)}


if __name__ == "__main__":
    main()
