"""The options of pseudonyms, alike in every export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from archiver.cli import _common
from archiver.errors import TargetError
from archiver.exports import pseudonyms
from archiver.exports.pseudonyms import Pseudonyms

__all__ = ["asked", "pseudonymising", "refusing"]

_F = TypeVar("_F", bound=Callable[..., None])
_FILE = click.Path(path_type=Path, dir_okay=False)


def pseudonymising(command: _F) -> _F:
    """The options of pseudonyms; `asked` makes them of these."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def asked(options: dict[str, Any]) -> Pseudonyms | None:
    """The pseudonyms that options ask for, which are taken out of them; None where they ask for none.

    Raises click.UsageError for an --author who is no public account, for the export would say whose posts it holds, and
    click.ClickException where there is no key.
    """
    is_asked, key, public = (options.pop(name) for name in ("pseudonymise", "key_file", "public"))
    if not is_asked:
        if key or public:
            raise click.UsageError("--key-file and --public are for --pseudonymise.")
        return None
    try:
        made = pseudonyms.made(key, public)
    except TargetError as error:
        raise _common.refusal(error) from error
    if private := [each for each in options.get("authors") or () if not made.is_listed(each)]:
        raise click.UsageError(
            f"--author {private[0]} is not among the accounts of --public: who they are would be told"
        )
    return made


def refusing(why: str) -> Callable[[_F], _F]:
    """The option --pseudonymise of a format that cannot be; `why` ends the sentence `cannot be pseudonymised: `."""

    def refuse(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
        if value:
            raise click.UsageError(f"{ctx.info_name} cannot be pseudonymised: {why} (csv, jsonl, parquet can be)")

    return click.option(
        "--pseudonymise", is_flag=True, expose_value=False, callback=refuse, help=f"Refused: {why}.", is_eager=True
    )


_OPTIONS = (
    click.option(
        "--pseudonymise", is_flag=True, help="Replace handles, names and ids of private persons (docs/ethics.md)."
    ),
    click.option(
        "--key-file",
        type=_FILE,
        metavar="FILE",
        help=f"The key of pseudonyms, at least 16 bytes; else from the environment, {pseudonyms.VARIABLE}.",
    ),
    click.option("--public", type=_FILE, metavar="FILE", help="Accounts that stay: HANDLE or PLATFORM:HANDLE a line."),
)
