"""The command `archiver`: its subcommands, each loaded when called."""

from __future__ import annotations

import importlib
import io
import sys

import click

from archiver import __version__

__all__ = ["cli", "main"]

# name -> (module, one line of help); the modules are heavy, so that `archiver --help` loads none of them.
_COMMANDS = {
    "archive": ("archiver.cli.archive", "Store articles and the posts embedded in them."),
    "extract": ("archiver.cli.extract", "Print the posts embedded in articles as JSON lines; store nothing."),
    "serve": ("archiver.cli.serve", "Explore an archive with Datasette."),
    "wayback": ("archiver.cli.wayback", "Store articles that the Wayback Machine holds."),
    "commoncrawl": ("archiver.cli.commoncrawl", "Store articles that Common Crawl holds."),
    "failures": ("archiver.cli.failures", "List the targets that could not be read."),
    "retry": ("archiver.cli.retry", "Try again what failed."),
    "analyze": ("archiver.cli.analyze", "Answer questions from an archive, as tables and pictures."),
    "verify": ("archiver.cli.verify", "Check that an archive is whole, and its captures unchanged."),
    "export": ("archiver.cli.export", "Pack pages, captures and posts for other programs."),
}

_EPILOG = """\b
Examples:
  archiver archive article.html https://example.com/story
  archiver extract article.html | head -n 1
  archiver serve --open
  archiver failures                                 # what could not be read, and why
  archiver retry --delay 5                          # tries that again
  archiver wayback 'example.com/news/*' --from 2017
  archiver commoncrawl 'example.com/*'
  archiver analyze hashtags                         # tables, CSV, JSON, pictures
  archiver verify --db archive.db                   # whether all is as it was captured
  archiver export --wacz archive.wacz

\b
Shell completion:
  eval "$(_ARCHIVER_COMPLETE=bash_source archiver)"    # or zsh_source, fish_source
"""


class _Commands(click.Group):
    """Loads a subcommand's module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(importlib.import_module(_COMMANDS[cmd_name][0]), "command", None)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])


@click.group(cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="archiver")
def cli() -> None:
    """Find the social posts that articles embed, and archive them in one SQLite file."""


def main() -> None:
    """Runs the command line. Exit codes: 0 all archived, 1 some failed, 2 wrong usage.

    Output is UTF-8 whatever the locale says; a file name that is no UTF-8 is written with escapes, as JSON has them.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    cli(prog_name="archiver")
