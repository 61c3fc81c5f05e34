"""`archiver export`: an archive in other formats."""

from __future__ import annotations

import click

from archiver.cli._lazy import Commands

__all__ = ["command"]

_FORMATS = {
    "csv": ("archiver.cli.export.csv", "Tables for spreadsheets and programs."),
    "jsonl": ("archiver.cli.export.jsonl", "A JSON object a line for each embed."),
    "parquet": ("archiver.cli.export.parquet", "Typed tables for DuckDB, pandas, Spark."),
    "sqlite": ("archiver.cli.export.sqlite", "What a filter chooses as an archive of its own."),
    "ids": ("archiver.cli.export.ids", "The platforms' own ids of posts, one a line."),
    "bibtex": ("archiver.cli.export.bibtex", "Posts and articles as BibTeX."),
    "csl": ("archiver.cli.export.csl", "Posts and articles as CSL-JSON, for Zotero and Pandoc."),
    "gexf": ("archiver.cli.export.gexf", "Networks of hashtags, outlets, accounts, for Gephi."),
    "graphml": ("archiver.cli.export.graphml", "The same networks as GraphML, for igraph, Cytoscape, yEd."),
    "html": ("archiver.cli.export.html", "Posts as a page to read, with the articles around them."),
    "md": ("archiver.cli.export.md", "The same as Markdown."),
    "wacz": ("archiver.cli.export.wacz", "Pages, posts and captured bytes as one file to replay."),
}

_EPILOG = """\b
Examples:
  archiver export gexf --out hashtags.gexf --minimum 2
  archiver export bibtex --out metoo.bib --hashtag MeToo
  archiver export html --out metoo.html --hashtag MeToo
  archiver export wacz --out metoo.wacz --db metoo.db
  archiver export csv --out metoo.csv --hashtag MeToo
  archiver export parquet --out tables/ --tables
"""


@click.group("export", cls=Commands, subcommands=_FORMATS, epilog=_EPILOG)
def command() -> None:
    """Write an archive, or what a filter chooses of it, for other programs."""
