"""Answers as tables, CSV, JSON, Markdown, pictures."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archiver import atomic
from archiver.analysis import Answer, cells, plot
from archiver.cli import _common
from archiver.errors import TargetError
from archiver.exports import _letters

__all__ = ["draw", "show"]

_NARROW = 12  # characters of a column of text
_LINES = 4  # that an address may take where rows stand one below the other
_ADDRESSES = ("https://", "http://", "file://")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body{{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1f2933}}
svg{{max-width:100%;height:auto}} table{{border-collapse:collapse;font-size:.9rem;display:block;overflow-x:auto}}
td,th{{padding:.3rem .6rem;border-bottom:1px solid #cbd2d9;text-align:left;vertical-align:top}}
.n{{text-align:right;font-variant-numeric:tabular-nums}}
</style></head><body>
<h1>{title}</h1>
{picture}
{told}
<table><thead><tr>{head}</tr></thead><tbody>
{rows}
</tbody></table>
</body></html>
"""


def show(answers: Sequence[Answer[Any]], kind: str) -> None:
    """Prints answers as `table`, `csv`, `json` or `md`. CSV holds rows only; what is to know of them goes to stderr."""
    shown: dict[str, Callable[[Sequence[Answer[Any]]], None]] = {
        "table": _tables,
        "csv": _csv,
        "json": _json,
        "md": _markdown,
    }
    with _common.putting():
        shown[kind](answers)


def draw(answer: Answer[Any], path: Path) -> None:
    """Writes an answer's picture as SVG, PNG, or an HTML page with picture and table.

    It is whole or not at all. Raises TargetError where there is nothing to draw or the file's kind is another,
    ArchiveError where it cannot be written.
    """
    if path.suffix not in (".svg", ".png", ".html"):
        raise TargetError(str(path), "is of no kind that can be drawn", "name it .svg, .png or .html")
    picture = plot.svg(answer)
    if picture is None:
        why = "has no row to draw" if answer.picture else "is a table without a picture"
        raise TargetError(str(path), f"cannot be drawn: “{answer.title}” {why}")
    match path.suffix:
        case ".png":
            made = plot.png(picture, str(path))
        case ".html":
            made = _html(answer, picture).encode("utf-8", "backslashreplace")
        case _:
            made = picture.encode("utf-8", "backslashreplace")
    with atomic.file(path) as file:
        file.write(made)


def _html(answer: Answer[Any], picture: str) -> str:
    names = cells.columns(answer)
    rows = [[cells.words(getattr(row, name), name) for name in names] for row in answer.rows]
    kinds = [' class="n"' if cells.is_number(answer, name) else "" for name in names]
    texts = ("".join(f"<td{k}>{escape(c)}</td>" for k, c in zip(kinds, row, strict=True)) for row in rows)
    return _PAGE.format(
        title=escape(answer.title),
        picture=picture,
        told="".join(f"<p>{escape(line)}</p>" for line in _told(answer)),
        head="".join(f"<th{k}>{escape(cells.heading(n))}</th>" for k, n in zip(kinds, names, strict=True)),
        rows="\n".join(f"<tr>{row}</tr>" for row in texts),
    )


def _tables(answers: Sequence[Answer[Any]]) -> None:
    console, said = Console(highlight=False), set[str]()
    for number, answer in enumerate(answers):
        if number:
            console.print()
        console.print(Text(answer.title, style="bold"))
        for line in _told(answer):
            if line not in said:
                console.print(Text(_common.printable(line), style="dim"))
        said.update(line for line in _told(answer) if not line.startswith("Of: "))  # what holds for all is said once
        if not answer.rows:
            console.print("nothing found")
        elif (table := _table(answer, console.width)) is not None:
            console.print(table)
        else:
            _records(answer, console)


def _table(answer: Answer[Any], width: int) -> Table | None:
    """The rows as a table, None where their columns do not fit."""
    names = cells.columns(answer)
    texts = [[_shown(getattr(row, name), name) for name in names] for row in answer.rows]
    headings = [cells.heading(name) for name in names]
    widest = [max(len(heading), *(cell_len(row[n]) for row in texts)) for n, heading in enumerate(headings)]
    least = []
    for column, name in enumerate(names):
        words = max(len(word) for word in headings[column].split())
        longest = max(cell_len(row[column]) for row in texts)
        is_whole = cells.is_number(answer, name) or cells.is_time(name)
        least.append(max(words, longest if is_whole else min(longest, _NARROW)))
    free = width - sum(least) - 2 * (len(names) - 1)
    if free < 0:
        return None
    for column in sorted(range(len(names)), key=lambda n: widest[n] - least[n]):  # those that ask for least first
        wider = max(0, min(widest[column] - least[column], free))
        least[column], free = least[column] + wider, free - wider
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name, heading, wide in zip(names, headings, least, strict=True):
        table.add_column(heading, justify="right" if cells.is_number(answer, name) else "left", width=wide)
    for row in texts:
        shown = (_ended(cell, wide) for cell, wide in zip(row, least, strict=True))
        table.add_row(*(Text(cell, overflow="ellipsis", no_wrap=True) for cell in shown))
    return table


def _ended(cell: str, width: int) -> str:
    """An address that is too wide by its end, for the ends of addresses differ; any other text as it is."""
    if not cell.startswith(_ADDRESSES) or cell_len(cell) <= width:
        return cell
    end = cell[1 - width :]
    while cell_len(end) >= width:
        end = end[1:]
    return f"…{end}"


def _records(answer: Answer[Any], console: Console) -> None:
    """The rows one below the other, a line a field: for narrow terminals."""
    names = cells.columns(answer)
    widest = max(len(cells.heading(name)) for name in names)
    for row in answer.rows:
        console.print()
        for name in names:
            line = Text(f"{cells.heading(name):<{widest}}  ", style="dim")
            cell = _shown(getattr(row, name), name) or "–"
            line.append(cell, style="not dim")
            is_whole = cell.startswith(_ADDRESSES) and cell_len(cell) < _LINES * console.width
            console.print(line, no_wrap=not is_whole, overflow="fold" if is_whole else "ellipsis")


def _csv(answers: Sequence[Answer[Any]]) -> None:
    for answer in answers[:1]:
        for line in (answer.title, *_told(answer)):
            click.echo(f"# {_common.printable(line)}", err=True)
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(cells.columns(answer))
        writer.writerows([getattr(row, name) for name in cells.columns(answer)] for row in answer.rows)
        _write(written.getvalue())


def _json(answers: Sequence[Answer[Any]]) -> None:
    told = [
        {
            "name": answer.name,
            "title": answer.title,
            "filter": answer.filter,
            "denominator": answer.denominator,
            "span": answer.span,
            "notes": list(answer.notes),
            "rows": [asdict(row) for row in answer.rows],
        }
        for answer in answers
    ]
    click.echo(_common.escaped(json.dumps(told, ensure_ascii=False, indent=2)))


def _markdown(answers: Sequence[Answer[Any]]) -> None:
    for number, answer in enumerate(answers):
        if number:
            click.echo()
        click.echo(f"## {answer.title}\n")
        for line in _told(answer):
            click.echo(f"- {_cell(line)}")
        names = cells.columns(answer)
        click.echo(f"\n| {' | '.join(names)} |")
        click.echo(f"|{'|'.join('---:' if cells.is_number(answer, name) else '---' for name in names)}|")
        for row in answer.rows:
            _write(f"| {' | '.join(_cell(_exact(getattr(row, name))) for name in names)} |\n")


def _write(text: str) -> None:
    """Writes a text exactly, where click would take out what could colour a terminal; for a terminal, with escapes."""
    if sys.stdout.isatty():
        text = "".join(f"{_common.printable(line)}\n" for line in text.splitlines())
    click.echo(text, nl=False, color=True)


def _told(answer: Answer[Any]) -> list[str]:
    """What must be known of rows: what was asked about, of what shares are, the span, what is left out."""
    return [f"Filter: {answer.filter}", f"Of: {answer.denominator}", f"Archive: {answer.span}", *answer.notes]


def _exact(value: object) -> str:
    return "" if value is None else str(value)


def _shown(value: object, name: str) -> str:
    """A value for a terminal: days of times, shares in per cent, no character that could move the cursor."""
    return _common.printable(cells.words(value, name).replace("\u200d", ""))  # that joins emoji, and moves nothing


def _cell(text: str) -> str:
    """A text in a Markdown table: no line break, nothing invisible, and no sign that Markdown reads."""
    return re.sub(r"([\\|<>*_`\[\]#~&])", r"\\\1", _letters.line(text))
