from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "archiver"

# The floors of docs/design.md, by the module's name below `archiver`; a package stands for all its modules.
FLOORS = (
    (
        "",
        *"model errors atomic lazily urls soup entities".split(),
        *"dates moments literals jsonld dateline told mentions clocks".split(),
    ),
    ("article", "frontmatter", "platforms", "shortcodes", "sources", "store", "evidence"),
    ("webpage", "candidates", "paragraph", "state", "plaintext", "markdown", "embeds", "flags", "prefilter"),
    ("page", "answers", "processes"),
    ("readers",),
    ("pipeline", "verify", "analysis", "cluster", "merging", "checking", "imports"),
    ("exports",),
    ("cli", "__main__"),
)
FLOOR_OF = {house: number for number, floor in enumerate(FLOORS, 1) for house in floor}
PLUGIN = "datasette_plugin"
BESIDE = {
    ("model", "errors"),
    ("atomic", "errors"),
    ("dates", "model"),
    ("told", "model"),
    ("mentions", "model"),
    ("mentions", "entities"),
    ("dateline", "soup"),
    ("webpage", "state"),
    ("webpage", "paragraph"),
    ("webpage", "candidates"),
    ("__main__", "cli"),
}  # neighbours that may meet
PURE = set("clocks model soup entities dates moments literals jsonld dateline urls".split()) | set(
    "article frontmatter shortcodes platforms webpage candidates paragraph state plaintext markdown embeds flags "
    "page prefilter".split()
)
EFFECTS = {"sqlite3", "httpx", "socket", "os", "sys", "time", "random", "pathlib"}
SQL = re.compile(r"\bselect\b.+\bfrom\b|\binsert\s+(?:or\s+\w+\s+)?into\b|\bupdate\b.+\bset\b", re.DOTALL | re.I)

Rule = Callable[[str, ast.Module], Iterator[str]]


def imports_run_downhill(name: str, tree: ast.Module) -> Iterator[str]:
    house = _house(name)
    if house not in FLOOR_OF and house != PLUGIN:
        yield f"{name} has no floor"
        return
    if house == PLUGIN:
        return
    for target in _own_imports(name, tree):
        other = _house(target)
        if other not in FLOOR_OF:
            yield f"{name} imports {target}, which has no floor"
        elif other == house:
            if house == "platforms" and not _is_platform_neighbour(name, target):
                yield f"{name} imports {target}, another platform"
        elif FLOOR_OF[other] >= FLOOR_OF[house] and other and (house, other) not in BESIDE:
            yield f"{name} imports {target}, which is not below it"


def imports_stand_outside_functions(name: str, tree: ast.Module) -> Iterator[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    for function in (n for n in ast.walk(tree) if isinstance(n, functions)):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{name}:{node.lineno} imports inside a function"


def the_plugin_imports_nothing_of_ours(name: str, tree: ast.Module) -> Iterator[str]:
    if _house(name) == PLUGIN:
        for target in _own_imports(name, tree):
            if _house(target) != PLUGIN:
                yield f"{name} imports archiver.{target}"


def sql_stands_in_the_store_only(name: str, tree: ast.Module) -> Iterator[str]:
    if _house(name) not in {"store", PLUGIN}:
        for line, text in _literals(tree):
            if SQL.search(text):
                yield f"{name}:{line} holds SQL"


def a_module_is_named_after_a_noun(name: str, tree: ast.Module) -> Iterator[str]:  # noqa: ARG001
    if {"utils", "util", "helpers", "helper", "common"} & set(name.split(".")):
        yield f"{name} is named after nothing"


def a_module_says_its_job_in_ten_words(name: str, tree: ast.Module) -> Iterator[str]:
    words = (ast.get_docstring(tree) or "").partition("\n")[0].split()
    if not 1 <= len(words) <= 10:
        yield f"{name} says its job in {len(words)} words"


def nothing_catches_everything(name: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else {"anything"}
            raises_again = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            if {"anything", "Exception"} & caught or ("BaseException" in caught and not raises_again):
                yield f"{name}:{node.lineno} catches everything"


def the_pure_floors_import_no_effects(name: str, tree: ast.Module) -> Iterator[str]:
    if _house(name) in PURE:
        for target in _imports(name, tree):
            if target.partition(".")[0] in EFFECTS:
                yield f"{name} imports {target}"


def the_pure_floors_read_no_clock_or_file(name: str, tree: ast.Module) -> Iterator[str]:
    if _house(name) in PURE:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                yield f"{name}:{node.lineno} reads the clock by .{node.attr}"
            if isinstance(node, ast.Name) and node.id in {"open", "input", "print"}:
                yield f"{name}:{node.lineno} calls {node.id}"


def test_every_module_is_read() -> None:
    names = {name for name, _ in _modules()}
    assert len(names) > 25
    assert names >= {"", "__main__", "model", "platforms.twitter", "sources.web", "store", "cli.archive"}


def test_every_house_of_the_floors_exists() -> None:
    assert set(FLOOR_OF) == {_house(name) for name, _ in _modules()} - {PLUGIN}


def test_imports_run_downhill() -> None:
    assert _findings(imports_run_downhill) == []


def test_no_import_stands_inside_a_function() -> None:
    assert _findings(imports_stand_outside_functions) == []


def test_the_plugin_imports_nothing_of_the_archiver() -> None:
    assert _findings(the_plugin_imports_nothing_of_ours) == []


def test_sql_stands_in_the_store_only() -> None:
    assert _findings(sql_stands_in_the_store_only) == []


def test_the_store_does_hold_sql() -> None:
    held = [name for name, tree in _modules() for _, text in _literals(tree) if SQL.search(text)]
    assert "store" in held


def test_no_module_is_called_utils_helpers_or_common() -> None:
    assert _findings(a_module_is_named_after_a_noun) == []


def test_every_module_says_its_job_in_at_most_ten_words() -> None:
    assert _findings(a_module_says_its_job_in_ten_words) == []


def test_nothing_catches_every_exception() -> None:
    assert _findings(nothing_catches_everything) == []


def test_the_pure_floors_import_nothing_that_has_effects() -> None:
    assert _findings(the_pure_floors_import_no_effects) == []


def test_the_pure_floors_read_neither_clock_nor_file() -> None:
    assert _findings(the_pure_floors_read_no_clock_or_file) == []


BAD = (
    (imports_run_downhill, "errors", "from archiver.model import Post"),
    (imports_run_downhill, "urls", "from archiver import soup"),
    (imports_run_downhill, "model", "import archiver.dates"),
    (imports_run_downhill, "article", "from archiver import store"),
    (imports_run_downhill, "platforms.new", "from archiver.platforms import twitter"),
    (imports_run_downhill, "platforms.new", "from . import twitter"),
    (imports_run_downhill, "store._posts", "from archiver.platforms import PLATFORMS"),
    (imports_run_downhill, "embeds", "from archiver import webpage"),
    (imports_run_downhill, "sources.files", "from ..page import read_page"),
    (imports_run_downhill, "page", "from archiver.pipeline import extract"),
    (imports_run_downhill, "pipeline", "if True:\n    from archiver import cli"),
    (imports_run_downhill, "pipeline", "from archiver import datasette_plugin"),
    (imports_run_downhill, "pipeline", "from archiver import unheard_of"),
    (imports_run_downhill, "unheard_of", ""),
    (imports_stand_outside_functions, "cli", "def f():\n    if f:\n        import json"),
    (imports_stand_outside_functions, "cli", "class C:\n    async def f(self):\n        from a import b"),
    (the_plugin_imports_nothing_of_ours, "datasette_plugin", "from archiver import __version__"),
    (the_plugin_imports_nothing_of_ours, "datasette_plugin.charts", "from archiver.model import Post"),
    (the_plugin_imports_nothing_of_ours, "datasette_plugin.charts", "from .. import store"),
    (sql_stands_in_the_store_only, "cli.serve", 'run("select id\\nfrom posts")'),
    (sql_stands_in_the_store_only, "pipeline", 'run(f"SELECT {columns} FROM {table}")'),
    (sql_stands_in_the_store_only, "pipeline", 'run(f"insert or ignore into {table} values (1)")'),
    (sql_stands_in_the_store_only, "pipeline", 'run("update posts " "set lang = 1")'),
    (a_module_is_named_after_a_noun, "utils", ""),
    (a_module_is_named_after_a_noun, "sources.helpers", ""),
    (a_module_is_named_after_a_noun, "common.dates", ""),
    (a_module_says_its_job_in_ten_words, "page", "import json"),
    (a_module_says_its_job_in_ten_words, "page", '"""One two three four five six seven eight nine ten eleven."""'),
    (nothing_catches_everything, "page", "try:\n    f()\nexcept:\n    raise"),
    (nothing_catches_everything, "page", "try:\n    f()\nexcept Exception as error:\n    raise E from error"),
    (nothing_catches_everything, "page", "try:\n    f()\nexcept (OSError, Exception):\n    g()"),
    (nothing_catches_everything, "page", "try:\n    f()\nexcept BaseException:\n    g()"),
    (the_pure_floors_import_no_effects, "soup", "import sqlite3"),
    (the_pure_floors_import_no_effects, "platforms.new", "from os.path import join"),
    (the_pure_floors_import_no_effects, "page", "import os.path as p, json"),
    (the_pure_floors_read_no_clock_or_file, "dates", "from datetime import date\ndate.today()"),
    (the_pure_floors_read_no_clock_or_file, "platforms.new", "moment = datetime.now(UTC)"),
    (the_pure_floors_read_no_clock_or_file, "article", "open('a')"),
)

GOOD = (
    (imports_run_downhill, "model", "from archiver.errors import ArchiverError"),
    (
        imports_run_downhill,
        "sources.web",
        "from archiver import __version__, urls\nfrom archiver.sources import _media",
    ),
    (imports_run_downhill, "platforms.new", "from archiver.platforms import _snowflake\nfrom ._base import Platform"),
    (imports_run_downhill, "platforms", "from archiver.platforms import new, twitter"),
    (imports_run_downhill, "store", "from sqlite_utils import Database"),
    (imports_stand_outside_functions, "cli", "import json\ndef f():\n    return json"),
    (the_plugin_imports_nothing_of_ours, "datasette_plugin", "from archiver.datasette_plugin import charts"),
    (the_plugin_imports_nothing_of_ours, "datasette_plugin.pages", "from . import charts"),
    (the_plugin_imports_nothing_of_ours, "cli", "from archiver import store"),
    (sql_stands_in_the_store_only, "store._posts", 'run("select 1 from posts")'),
    (sql_stands_in_the_store_only, "cli", 'def f():\n    """Select a target from the list."""'),
    (sql_stands_in_the_store_only, "cli", 'echo("update your settings")'),
    (a_module_is_named_after_a_noun, "cli._common", ""),
    (a_module_says_its_job_in_ten_words, "page", '"""One two three four five six seven eight nine ten.\n\nMore."""'),
    (nothing_catches_everything, "page", "try:\n    f()\nexcept BaseException:\n    g()\n    raise"),
    (the_pure_floors_import_no_effects, "dates", "from datetime import time"),
    (the_pure_floors_import_no_effects, "sources.web", "import httpx"),
    (the_pure_floors_read_no_clock_or_file, "pipeline", "datetime.now(UTC)"),
)


@pytest.mark.parametrize(("rule", "name", "code"), BAD)
def test_a_rule_finds_what_breaks_it(rule: Rule, name: str, code: str) -> None:
    assert list(rule(name, ast.parse(code)))


@pytest.mark.parametrize(("rule", "name", "code"), GOOD)
def test_a_rule_passes_what_keeps_it(rule: Rule, name: str, code: str) -> None:
    assert list(rule(name, ast.parse(code))) == []


def test_every_rule_is_tried_on_both() -> None:
    assert {rule for rule, _, _ in BAD} == {rule for rule, _, _ in GOOD}


def _modules() -> list[tuple[str, ast.Module]]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append((name, ast.parse(path.read_text(encoding="utf-8"))))
    return found


def _findings(rule: Rule) -> list[str]:
    return [finding for name, tree in _modules() for finding in rule(name, tree)]


def _house(name: str) -> str:
    """The module or package below `archiver` to which a module belongs; "" for `archiver` itself."""
    return name.partition(".")[0]


def _is_platform_neighbour(name: str, target: str) -> bool:
    """Whether a platform may import that: the shared ground; the list of all platforms imports each of them."""
    is_mastodon = (name, target) == ("platforms.truthsocial", "platforms.mastodon")  # Truth Social is one
    return name == "platforms" or target.startswith("platforms._") or is_mastodon


def _own_imports(name: str, tree: ast.Module) -> Iterator[str]:
    """What a module imports of ours, without `archiver.`; "" for the package itself."""
    for target in _imports(name, tree):
        if target.partition(".")[0] == "archiver":
            yield target.removeprefix("archiver").removeprefix(".")


def _imports(name: str, tree: ast.Module) -> Iterator[str]:
    """The full names of the modules that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, (_package(name, node.level), node.module)))
            yield from (_module_of(base, alias.name) for alias in node.names)


def _package(name: str, level: int) -> str:
    """The package that the dots of a relative import name."""
    if level == 0:
        return ""
    parts = ["archiver", *filter(None, name.split("."))]
    is_package = (PACKAGE / Path(*parts[1:]) / "__init__.py").is_file()
    return ".".join(parts[: len(parts) - level + is_package])


def _module_of(base: str, name: str) -> str:
    """`base.name` where that is, or in a snippet may be, a module of ours; else `base`, of which it takes a noun."""
    if base == "archiver":
        return base if name.startswith("__") else f"{base}.{name}"
    folder = PACKAGE.joinpath(*base.split(".")[1:])
    is_module = base.startswith("archiver.") and (folder.joinpath(f"{name}.py").is_file() or (folder / name).is_dir())
    return f"{base}.{name}" if is_module else base


def _literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every string of a module with its line, f-strings with ? for their values; no docstrings."""
    inner: set[int] = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inner.update(map(id, node.values))
            yield node.lineno, "".join(str(v.value) if isinstance(v, ast.Constant) else "?" for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.lineno, node.value
