"""Writes cli.md and schema.md: `python docs/generate.py`."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import yaml
from click.testing import CliRunner
from sqlite_utils import Database
from sqlite_utils.db import Table, View

from archiver import store
from archiver.cli import cli

_HERE = Path(__file__).parent
_NOTE = "<!-- Made by `make docs`: change the sources, not this file. -->"
_WIDTH = 100
_COMMENTED = re.compile(r"^((?:-- .*\n)+)create (?:virtual )?(?:table|view) (\w+)", re.MULTILINE)


def main() -> None:
    """Writes the files beside this one."""
    for name, text in documents().items():
        (_HERE / name).write_text(text, encoding="utf-8", newline="\n")


def documents() -> dict[str, str]:
    """The generated documents by file name."""
    return {"cli.md": "\n".join(_commands()), "schema.md": "\n".join(_schema())}


def _commands() -> Iterator[str]:
    yield from ("# Commands", "", _NOTE, "")
    for name in ("", *cli.list_commands(click.Context(cli))):
        arguments = [name, "--help"] if name else ["--help"]
        told = CliRunner().invoke(cli, arguments, prog_name="archiver", terminal_width=_WIDTH, catch_exceptions=False)
        yield from (f"## {' '.join(['archiver', *arguments[:-1]])}", "", "```text", told.output.strip(), "```", "")


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
