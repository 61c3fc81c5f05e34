"""Groups whose subcommands are loaded when called."""

from __future__ import annotations

import importlib
from typing import Any

import click

__all__ = ["Commands"]


class Commands(click.Group):
    """A group of `subcommands`: name -> (the module that holds it as `command`, one line of help).

    The modules are heavy, so that help loads none of them.
    """

    def __init__(self, *args: Any, subcommands: dict[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self._subcommands = subcommands

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self._subcommands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self._subcommands:
            return None
        command = getattr(importlib.import_module(self._subcommands[cmd_name][0]), "command", None)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self._subcommands.items()])
