from __future__ import annotations

import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click
import httpx
import pytest

from archiver.cli import cli
from archiver.platforms import PLATFORMS
from tests.pages import HERE, KINDS, lines

ROOT = Path(__file__).parents[1]
UNCOPIED = shutil.ignore_patterns(".*", "__pycache__", "tests", "dist", "build", "*.db*")
GENERATED = runpy.run_path(str(ROOT / "docs" / "generate.py"))["documents"]()
EXIT_CODES = {"archiver archive examples missing.html": 1}  # the tutorial shows a failure
WAIT_SECONDS = 30

BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
MACHINE = re.compile(
    r"(?<![\w.:/-])/(?:work|root)/|\b(?:pypi|pythonhosted|npmjs)\.(?:org|com)\b|--(?:extra-)?index-url"
)
ADDRESS = re.compile(r"http://127\.0\.0\.1:[1-9]\d*[\w/]*")


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Shown:
    """A command in a document, and the output shown below it, "" where there is none."""

    command: str
    output: str


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A copy of the project, and the environment in which a reader's commands run."""

    folder: Path
    env: dict[str, str]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    folder, programs = tmp_path / "project", tmp_path / "bin"
    shutil.copytree(ROOT, folder, ignore=UNCOPIED)
    programs.mkdir()
    python = f"exec '{sys.executable}' -m"
    offline = "--dry-run --no-deps --no-index --no-build-isolation --quiet"
    for name, script in {
        "archiver": f'{python} archiver "$@"',
        "datasette": f'{python} datasette "$@"',
        "pip": f'{python} pip "$@" {offline}',
        "browser": f"echo \"$1\" > '{tmp_path / 'opened'}'",
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    env = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "BROWSER": str(programs / "browser")}
    return Sandbox(folder, env | {"PYTHONPATH": str(folder), "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"})


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_a_generated_document_is_as_generated(name: str) -> None:
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == GENERATED[name], "run: make docs"


def test_the_generated_documents_cover_every_command_and_table() -> None:
    commands = {f"archiver {name}" for name in cli.list_commands(click.Context(cli))}
    assert len(commands) > 8
    assert commands | {"archiver"} <= _headings(GENERATED["cli.md"])
    sql = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "db").rglob("*.sql"))
    named = set(re.findall(r"^create (?:virtual )?(?:table|view) (\w+)", sql, re.MULTILINE))
    assert len(named) > 12
    assert named == _headings(GENERATED["schema.md"])


def test_the_list_of_platforms_names_each_and_every_shape_that_a_fixture_has() -> None:
    document = GENERATED["platforms.md"]
    rows = {tuple(row.split(" | ")[:2]) for row in re.findall(r"^\| (.+) \|$", document, re.MULTILINE)}
    own = {(p.name, f"`{shape.name}`") for p in PLATFORMS for shape in p.shapes}
    assert rows >= own
    assert {name for name, *_ in rows} >= {p.name for p in PLATFORMS}
    pages = [path for path in (HERE / "embeds").rglob("*") if path.suffix in KINDS]
    shapes = {(embed["platform"], f"`{embed['shape']}`") for path in pages for embed in lines(path)}
    anywhere = {name for name, *_ in rows if name.startswith("`")}
    assert len(shapes) > 30
    assert {shape for _, shape in shapes - own} <= anywhere


def test_the_glossary_has_every_way_in_which_a_fixture_tells_a_time() -> None:
    told = set(re.findall(r"`(\w+)` \((\w+)\)", GENERATED["platforms.md"]))
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert len(told) > 5
    for source, precision in told:
        assert re.search(rf"^\| `{source}` \| [^|]*\b{precision}\b", glossary, re.MULTILINE), source


@pytest.mark.parametrize(
    ("document", "at_least"), [("README.md", 4), ("CONTRIBUTING.md", 2), (os.path.join("docs", "tutorial.md"), 4)]
)
def test_every_command_that_a_document_shows_works(document: str, at_least: int, sandbox: Sandbox) -> None:
    shown = list(_shown((ROOT / document).read_text(encoding="utf-8")))
    assert len(shown) >= at_least
    for each in shown:
        if each.command.startswith(("archiver serve", "datasette ")):
            _assert_serves(each.command, sandbox)
            continue
        done = sandbox.run(re.sub(r"^make\b", "make -n", each.command))
        assert done.returncode == EXIT_CODES.get(each.command, 0), f"$ {each.command}\n{done.stdout}{done.stderr}"
        assert not each.output or done.stdout == each.output


def test_no_failure_is_expected_that_no_document_shows() -> None:
    texts = [path.read_text(encoding="utf-8") for path in _files() if path.suffix == ".md"]
    assert set(EXIT_CODES) <= {shown.command for text in texts for shown in _shown(text)}


def test_every_relative_link_leads_to_a_file_and_heading() -> None:
    documents = [path for path in _files() if path.suffix == ".md"]
    links = [(path, target) for path in documents for target in _links(path.read_text(encoding="utf-8"))]
    assert len(links) > 10
    broken = [f"{path.relative_to(ROOT)}: {target}" for path, target in links if not _leads_somewhere(path, target)]
    assert broken == []


def test_a_broken_link_is_seen() -> None:
    here = ROOT / "README.md"
    assert list(_links("[a](gone.md) `x` ![b](docs/cli.md)\n```\n[c](code.md)\n```\n[d](https://example.com/)")) == [
        "gone.md",
        "docs/cli.md",
    ]
    assert not _leads_somewhere(here, "gone.md")
    assert not _leads_somewhere(here, "docs/cli.md#gone")
    assert _leads_somewhere(here, "docs/cli.md#archiver-serve")


def test_no_file_names_a_path_of_this_machine_or_a_package_registry() -> None:
    files = list(_files())
    assert {"pyproject.toml", "README.md", "Makefile", "run"} <= {path.name for path in files}
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in files
        for match in MACHINE.finditer(path.read_bytes().decode("utf-8", "ignore"))
    ]
    assert found == []


def test_a_path_of_this_machine_would_be_seen() -> None:
    for told in ("cd /{}/main", "'/{}/x'"):
        assert MACHINE.search(told.format("work"))
        assert MACHINE.search(told.format("root"))
    assert MACHINE.search(f"https://{'pypi'}.org/simple")
    assert not MACHINE.search("https://example.com/work/1")
    assert not MACHINE.search("homework/root/")


def _assert_serves(command: str, sandbox: Sandbox) -> None:
    """Holds that a command starts a server whose front page answers, and that it stops when asked to."""
    log, opened = sandbox.folder / "log", sandbox.folder.parent / "opened"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command} --port 0"],
            cwd=sandbox.folder,
            env=sandbox.env,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = _eventually(lambda: ADDRESS.search(log.read_text(encoding="utf-8")), process, log)[0]
        front = _eventually(lambda: _get(address), process, log)
        assert front.status_code == httpx.codes.OK
        assert "posts" in front.text
        if "--open" in command:
            assert _eventually(lambda: _read(opened), process, log).strip() == address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=WAIT_SECONDS)
    assert "Traceback" not in log.read_text(encoding="utf-8")


def _eventually(answer: Callable[[], _T | None], process: subprocess.Popen[bytes], log: Path) -> _T:
    """The first answer that is one, while a server runs."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if found := answer():
            return found
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))


def _get(address: str) -> httpx.Response | None:
    try:
        return httpx.get(address, trust_env=False, timeout=WAIT_SECONDS)
    except httpx.TransportError:  # it does not listen yet
        return None


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _shown(text: str) -> Iterator[Shown]:
    """The commands of the console blocks, without the remarks behind them."""
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield Shown(re.sub(r"\s+# .*", "", command), output.rstrip("\n") + "\n" if output.strip() else "")


def _links(text: str) -> Iterator[str]:
    """The targets of relative links, those in code left out."""
    for target in LINK.findall(CODE.sub("", text)):
        if not re.match(r"[a-z]+:", target):
            yield target


def _leads_somewhere(document: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    leads_to = document.parent / path if path else document
    if not leads_to.exists():
        return False
    if not anchor:
        return True
    headings = _headings(leads_to.read_text(encoding="utf-8"))
    return anchor in {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}


def _headings(text: str) -> set[str]:
    return set(HEADING.findall(CODE.sub("", text))) - {"Commands", "Tables, views and columns"}


def _files() -> Iterator[Path]:
    """The files of the project, without what is made while working on it."""
    for folder, folders, names in os.walk(ROOT):
        made = {"__pycache__", "dist", "build"}
        folders[:] = [f for f in folders if f not in made and (f == ".ci" or not f.startswith("."))]
        yield from (Path(folder, name) for name in names if ".db" not in name)
