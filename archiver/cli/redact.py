"""`archiver redact`: posts, authors and words taken out for good."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from archiver import platforms
from archiver.cli import _common
from archiver.store import redaction
from archiver.store.redaction import Plan, Wanted

__all__ = ["command"]

_SHOWN = 20
_EPILOG = """\b
Examples:
  archiver redact https://twitter.com/ann/status/919659438700670976 --dry-run
  archiver redact twitter:919659438700670976 --reason 'asked by the author'
  archiver redact --author twitter:ann --yes
  archiver redact --text 'a phrase that no post may have'

What is redacted does not come back with a later run: the archive keeps a digest of it, keyed with a salt of its own,
the reason and the date. Copies in WARC files and files on this machine are listed and stay as they are; so do
manifests, exports and backups made before.
"""


@click.command("redact", epilog=_EPILOG)
@click.argument("posts", nargs=-1)
@_common.existing
@click.option("--author", "authors", multiple=True, metavar="HANDLE", help="All posts of it; also PLATFORM:HANDLE.")
@click.option("--text", "texts", multiple=True, metavar="WORDS", help="All posts that have these words in this order.")
@click.option("--reason", metavar="WORDS", help="Why; it is kept with the digest, so name nobody in it.")
@click.option("--dry-run", is_flag=True, help="Show what would go, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what goes as one JSON object; takes --yes or --dry-run.")
def command(
    posts: tuple[str, ...],
    db: Path,
    authors: tuple[str, ...],
    texts: tuple[str, ...],
    reason: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Take POSTS (an address, or platform:id), authors or words out of an archive, so that no byte of them remains.

    Posts go with all their embeds, answers and wordings; their texts become ⟦redacted⟧ where articles or other posts
    quote them whole. The file is then written anew, for which it needs as much free room again.
    """
    if as_json and not (yes or dry_run):
        raise click.UsageError("--json asks nothing: give --yes or --dry-run with it.")
    wanted = _wanted(posts, authors, texts)
    with _common.opened(db) as archive:
        plan = redaction.plan(archive, wanted)
        if not as_json:
            _print(plan, db)
        if not dry_run:
            if not yes:
                click.confirm("Take this out for good?", abort=True, err=True)
            redaction.carry_out(archive, wanted, reason, datetime.now(UTC))
            redaction.clean_up(archive)
    if as_json:
        told = {"db": str(db), "redacted": not dry_run, **asdict(plan)}
        _common.put(_common.as_json(told))
    elif not dry_run:
        _common.put(f"redacted; {db} was written anew, and refuses it from now on")
    sys.exit(0)


def _wanted(posts: tuple[str, ...], authors: tuple[str, ...], texts: tuple[str, ...]) -> Wanted:
    """What arguments name. Raises click.UsageError where one names nothing."""
    if not (posts or authors or texts):
        raise click.UsageError("Name a post, --author or --text.")
    accounts = []
    names = {p.name for p in platforms.PLATFORMS}
    for author in authors:
        platform, mark, handle = author.rpartition(":")
        handle = handle.strip().lstrip("@")
        if not handle or "/" in author or (mark and platform.casefold() not in names):
            raise click.UsageError(f"{author!r} is no handle: write HANDLE, or PLATFORM:HANDLE as in twitter:ann.")
        accounts.append((platform.casefold() if mark else None, handle))
    if wrong := [text for text in texts if not any(c.isalnum() for c in text)]:
        raise click.UsageError(f"{wrong[0]!r} has no words.")
    return Wanted(tuple(map(_key, posts)), tuple(accounts), texts)


def _key(name: str) -> str:
    """The natural key of a post that is named by it, or by an address."""
    post = platforms.named(name)
    if post is not None and post.key:
        return post.key
    platform, mark, rest = name.partition(":")
    if mark and rest and platform in {p.name for p in platforms.PLATFORMS}:
        return name
    raise click.UsageError(f"{name!r} is neither the address of a post nor platform:id.")


def _print(plan: Plan, db: Path) -> None:
    embeds, answers = _common.many(plan.embeds, "embed"), _common.many(plan.answers, "answer")
    _common.put(f"{_common.many(len(plan.posts), 'post')} with {embeds} and {answers} of platforms in {db}")
    for key in plan.posts[:_SHOWN]:
        _common.put(f"  {_common.printable(key)}")
    if len(plan.posts) > _SHOWN:
        _common.put(f"  and {len(plan.posts) - _SHOWN:,} more (--json lists all)")
    if not plan.posts:
        _common.put("  what was named is not here; it would be refused when it comes")
    for copy in plan.copies:
        place = "" if copy.offset is None else f" at byte {copy.offset}, {copy.length} long"
        of = "" if copy.url is None or copy.url.startswith("file:") else f" ({copy.url})"
        _common.put(_common.printable(f"  still holds a copy: {copy.file}{place}{of}"))
