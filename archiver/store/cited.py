"""The nouns of a merge: what another archive holds."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.model import Embed, Page, Post
from archiver.told import Told

__all__ = ["Attempt", "Cited", "CitedEmbed", "CitedNames", "CitedRow", "CitedRun", "Item", "Outlet", "RunKey"]


@dataclass(frozen=True, slots=True)
class RunKey:
    """By what a run is known again: its command, arguments (JSON), version, and when it began (ISO 8601)."""

    command: str
    argv: str
    version: str
    started_at: str


@dataclass(frozen=True, slots=True)
class CitedRun:
    """A run of another archive. `columns` are its other columns with their values, none that refers to a row."""

    key: RunKey
    columns: tuple[tuple[str, object], ...]
    resumes: RunKey | None = None
    merged_by: RunKey | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A row of `captures` of another archive, without the rows to which it refers.

    `twin` counts, from 0, the earlier rows of the same run that are alike in every column.
    """

    run: RunKey
    columns: tuple[tuple[str, object], ...]
    twin: int = 0


@dataclass(frozen=True, slots=True)
class CitedEmbed:
    """An embed, by the keys that the other archive gave it, with what that knows of the post from all its pages.

    `known` is None where the post is known by other keys than the embed. `context_hashtags` stand in the words around
    any embed of the post. `first` is the first attempt that showed the embed, where this is the last one and another.
    """

    embed: Embed
    key: str
    text_key: str | None
    known: Post | None = None
    context_hashtags: tuple[str, ...] = ()
    first: Attempt | None = None


@dataclass(frozen=True, slots=True)
class Cited:
    """An attempt to read a target and what it gave: answers, or a page with the embeds that it showed first or last.

    `wanted` are the keys of posts that are in the other archive for what this answer tells, and for no page.
    """

    attempt: Attempt
    page: Page | None = None
    embeds: tuple[CitedEmbed, ...] = ()
    told: tuple[Told, ...] = ()
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet: its registrable domain, and its name."""

    domain: str
    name: str | None


@dataclass(frozen=True, slots=True)
class CitedNames:
    """Accounts, as posts that tell nothing else, and outlets."""

    accounts: tuple[Post, ...] = ()
    outlets: tuple[Outlet, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedRow:
    """A row of a table to which no other refers, known again by all that it tells.

    `run`, `post` (its natural key) and `capture` are None where the table has no such column, or the row none.
    """

    table: str
    columns: tuple[tuple[str, object], ...]
    run: RunKey | None = None
    post: str | None = None
    capture: Attempt | None = None


Item = Cited | CitedRun | CitedNames | CitedRow
