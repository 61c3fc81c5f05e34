"""Opens and upgrades an archive from the folder db/."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from archiver import lazily
from archiver.errors import ArchiveError
from archiver.store._rows import transaction

if TYPE_CHECKING:
    import sqlite_utils
    from sqlite_utils import Database, Migrations
else:
    sqlite_utils = lazily.module("sqlite_utils")  # which loads pandas, where that is installed

__all__ = ["APPLICATION_ID", "connect", "connect_to_read", "counted", "derived", "make_touched", "metadata", "pending"]

APPLICATION_ID = 0x53504131  # "SPA1", in the header of every archive
_BUSY_SECONDS = 60
_SMALLEST = 512  # bytes of a database
_UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
_VIEW = re.compile(r"create view (\w+)", re.IGNORECASE)


def connect(path: str | Path) -> sqlite3.Connection:
    """The archive at a path, made or upgraded where needed, ready for several writers.

    Raises ArchiveError, and leaves the file as it is, when it is no archive or was made by a newer version.
    """
    known = _names()
    applied = _check(Path(path), set(known))
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS)
        _upgrade(connection, is_complete=applied.issuperset(known))
    except (sqlite3.Error, ArchiveError) as error:
        if connection is not None:
            connection.close()
        wrong = error.wrong if isinstance(error, ArchiveError) else error
        raise ArchiveError(str(path), f"cannot be opened as an archive: {wrong}") from error
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """The same, also where nothing can be written beside it: then as it stands on the disk, if nobody writes it."""
    try:
        return connect(path)
    except ArchiveError as error:
        cause = error.__cause__
        unwritable = isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode & 0xFF in _UNWRITABLE
        if not unwritable or pending(path) or _wal(path).exists():
            raise
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


@cache
def derived() -> tuple[str, ...]:
    """The statements that make anew what is derived, for the rows named in the touched_ tables."""
    return tuple(_statements("derived.sql"))


def counted() -> tuple[str, ...]:
    """The statements that count anew what triggers keep counted."""
    return tuple(_statements("counts.sql"))


def metadata() -> Traversable:
    """The file metadata.yml, as it came with this version."""
    packaged = files("archiver") / "metadata.yml"
    return packaged if packaged.is_file() else _checkout() / "metadata.yml"


def pending(path: Path) -> bool:
    """Whether an archive was made by an older version. Raises ArchiveError where it is none, or of a newer one."""
    names = set(_names())
    applied = _check(path, names)
    if not applied:
        raise ArchiveError(str(path), "is empty", "give an archive that `archiver archive` made")
    return applied != names


def _upgrade(connection: sqlite3.Connection, *, is_complete: bool) -> None:
    new = connection.execute("select 1 from sqlite_master limit 1").fetchone() is None
    if new:
        connection.execute("pragma page_size = 8192")
        _write_ahead(connection)
    for pragma in (
        "synchronous = normal",
        "foreign_keys = on",
        "recursive_triggers = on",
        "temp_store = memory",
        "cache_size = -65536",  # KiB; a batch touches pages all over the indexes
    ):
        connection.execute(f"pragma {pragma}")
    if not is_complete:
        db, migrations = sqlite_utils.Database(connection), _migrations()
        with transaction(connection):  # of two that open a new file, one waits for the other
            migrations.apply(db)
            connection.execute(f"pragma application_id = {APPLICATION_ID}")
    _make_views(connection)
    make_touched(connection)


def make_touched(connection: sqlite3.Connection) -> None:
    """Makes the tables that triggers fill with what is touched, where they are missing."""
    for table in ("posts", "pages", "authors", "hashtags"):
        columns = ", display text" if table == "hashtags" else ""
        connection.execute(f"create temp table if not exists touched_{table} (id integer primary key{columns})")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turns on the write-ahead log: of several that do so at once, each waits for the others."""
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            connection.execute("begin immediate")  # this waits, where the pragma does not
            connection.execute("commit")
        else:
            return


def _make_views(connection: sqlite3.Connection) -> None:
    """Makes the views of db/views.sql anew, where they are not as written there."""
    wanted = {_VIEW.search(sql)[1]: sql for sql in _statements("views.sql")}  # type: ignore[index]
    views = connection.execute("select name, sql from sqlite_master where type = 'view'").fetchall()
    stored = {name: _VIEW.sub(r"create view \1", sql, count=1) for name, sql in views}  # SQLite writes the verb large
    if all(stored.get(name) == sql for name, sql in wanted.items()):  # a user's own views stay
        return
    with transaction(connection):
        for name, sql in wanted.items():
            connection.execute(f'drop view if exists "{name}"')
            connection.execute(sql)


def _check(path: Path, known: set[str]) -> set[str]:
    """The migrations that a file has seen: none where it is missing or empty.

    Raises ArchiveError unless it is that, or an archive of this version or an older one.
    """
    name = str(path)
    if path.is_dir():
        raise ArchiveError(name, "is a folder", "give the name of a database file")
    if not path.exists():
        if not path.parent.is_dir():
            raise ArchiveError(name, "cannot be made: its folder does not exist", f"make {path.parent} first")
        return set()
    if (size := path.stat().st_size) == 0:
        return set()
    if size < _SMALLEST:  # SQLite takes a file of one byte for an empty one
        raise ArchiveError(name, "is no database", "give another name with --db")
    try:
        applied = _applied(path)
    except sqlite3.OperationalError as error:
        raise ArchiveError(name, f"cannot be opened: {error}") from error
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT:
            raise ArchiveError(name, f"is damaged: {error}", "sqlite3 has a command .recover") from error
        raise ArchiveError(name, "is no database", "give another name with --db") from error
    if newer := sorted(applied - known):
        raise ArchiveError(name, f"was made by a newer version ({newer[-1]} is unknown here)", "upgrade the archiver")
    return applied


def _applied(path: Path) -> set[str]:
    """The migrations that a file has seen. Raises ArchiveError for the database of another program."""
    at_rest = not _wal(path).exists()  # then it is read without leaving -wal and -shm there
    uri = f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if at_rest else ''}"
    with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)) as connection:
        (found,) = connection.execute("pragma application_id").fetchone()
        (tables,) = connection.execute("select count(*) from sqlite_master").fetchone()
        if not tables:
            return set()
        if found != APPLICATION_ID:
            raise ArchiveError(str(path), "is a database, but no archive", "give another name with --db")
        rows = connection.execute("select name from _sqlite_migrations where migration_set = 'archiver'")
        return {str(name) for (name,) in rows}


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _migrations() -> Migrations:
    migrations = sqlite_utils.Migrations("archiver")
    for name in _names():

        def apply(db: Database, name: str = name) -> None:
            for statement in _statements("migrations", f"{name}.sql"):
                db.conn.execute(statement)

        migrations(name=name)(apply)
    return migrations


def _names() -> list[str]:
    """The migrations of this version, in order."""
    names = (file.name for file in (_sql() / "migrations").iterdir())
    return sorted(name.removesuffix(".sql") for name in names if name.endswith(".sql"))


def _statements(*path: str) -> Iterator[str]:
    """The statements of a file below db/, without the comments above them."""
    lines: list[str] = []
    for line in _sql().joinpath(*path).read_text(encoding="utf-8").splitlines():
        if lines or (line.strip() and not line.startswith("--")):
            lines.append(line)
        if lines and line.endswith(";") and sqlite3.complete_statement("\n".join(lines)):
            yield "\n".join(lines).removesuffix(";")
            lines.clear()


def _sql() -> Traversable:
    packaged = files("archiver") / "db"
    return packaged if packaged.is_dir() else _checkout() / "db"


def _checkout() -> Path:
    """The root of a checkout, where db/ and metadata.yml lie beside the package (an editable install)."""
    return Path(__file__).parents[2]
