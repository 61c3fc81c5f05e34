from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from archiver import __version__

ROOT = Path(__file__).parents[1]
UNSHIPPED = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "dist", "build")
PAGE = (
    '<html><head><title>A story</title></head><body><p>Before.</p><blockquote class="twitter-tweet">'
    '<p lang="en">Hello #Packaging</p>&mdash; Ann (@ann_example) '
    '<a href="https://twitter.com/ann_example/status/927949487731638276">November 7, 2017</a></blockquote>'
)


@dataclass(frozen=True, slots=True)
class Built:
    """What was built from a copy of the tree in which a stray database lies."""

    wheel: Path
    sdist: Path
    wheel_of_sdist: Path


@dataclass(frozen=True, slots=True)
class Installed:
    """A fresh environment that has the wheel, and an empty folder outside the checkout to work in."""

    bin: Path
    folder: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        executable = str(self.bin / command[0])
        return _run([executable, *command[1:]], self.folder)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("built")
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, ignore=UNSHIPPED)
    for stray in ("db/stray.db", "db/migrations/stray.db-wal", "archiver/stray.db"):
        (tree / stray).write_bytes(b"SQLite format 3\x00")
    _build(tree, folder / "dist")
    (wheel,) = (folder / "dist").glob("*.whl")
    (sdist,) = (folder / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    _build(unpacked, folder / "again", "-t", "wheel")
    (again,) = (folder / "again").glob("*.whl")
    return Built(wheel, sdist, again)


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    venv, work = folder / "venv", folder / "work"
    work.mkdir()
    _run([sys.executable, "-m", "venv", str(venv)], folder)
    scripts = Path(sysconfig.get_path("scripts", "venv", {"base": str(venv)}))
    python = str(scripts / "python")
    _run([python, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", str(built.wheel)], folder)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(venv), "platbase": str(venv)}))
    ours = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (site / "dependencies.pth").write_text("\n".join(ours) + "\n", encoding="utf-8")
    (work / "page.html").write_text(PAGE, encoding="utf-8")
    return Installed(scripts, work)


def test_the_wheel_holds_every_module_and_every_data_file(built: Built) -> None:
    names = _wheel_names(built.wheel)
    files = (p for p in (ROOT / "archiver").rglob("*") if p.is_file() and p.suffix != ".pyc")
    source = {p.relative_to(ROOT).as_posix() for p in files}
    data = {f"archiver/db/migrations/{p.name}" for p in (ROOT / "db" / "migrations").glob("*.sql")}
    assert source
    assert data
    assert names >= source | data
    assert names >= {"archiver/db/views.sql", "archiver/db/derived.sql", "archiver/metadata.yml"}
    assert names >= {"archiver/months.json", "archiver/py.typed"}


def test_the_wheel_holds_the_licence(built: Built) -> None:
    assert [n for n in _wheel_names(built.wheel) if n.endswith(".dist-info/licenses/LICENSE")]


def test_the_wheel_installs_nothing_beside_the_package(built: Built) -> None:
    tops = {name.partition("/")[0] for name in _wheel_names(built.wheel)}
    assert sorted(top.rpartition(".")[2] for top in tops) == ["archiver", "dist-info"]


def test_a_stray_database_is_not_shipped(built: Built) -> None:
    for names in (_wheel_names(built.wheel), _sdist_names(built.sdist), _wheel_names(built.wheel_of_sdist)):
        assert not [n for n in names if ".db" in Path(n).name]
        assert not [n for n in names if "__pycache__" in n]


def test_the_sdist_holds_tests_documentation_and_examples(built: Built) -> None:
    names = _sdist_names(built.sdist)
    assert names >= {
        "README.md",
        "LICENSE",
        "pyproject.toml",
        "metadata.yml",
        "db/views.sql",
        "tests/test_packaging.py",
    }
    assert {name.partition("/")[0] for name in names} >= {"archiver", "db", "docs", "examples", "tests"}


def test_the_sdist_holds_every_file_to_which_the_readme_leads(built: Built) -> None:
    linked = set(re.findall(r"\]\(([\w./-]+)\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert len(linked) > 3
    assert linked <= _sdist_names(built.sdist)


def test_the_sdist_builds_the_same_wheel_again(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as one, zipfile.ZipFile(built.wheel_of_sdist) as other:
        assert {n: one.read(n) for n in one.namelist()} == {n: other.read(n) for n in other.namelist()}


def test_the_version_of_the_wheel_is_that_of_the_package(installed: Installed) -> None:
    code = (
        "import archiver, json; from importlib.metadata import version;"
        "print(json.dumps([archiver.__file__, archiver.__version__, version('social-post-archiver')]))"
    )
    file, told, packaged = json.loads(installed.run("python", "-c", code).stdout)
    assert Path(file).is_relative_to(installed.bin.parent)
    assert told == packaged
    assert installed.run("archiver", "--version").stdout == f"archiver, version {told}\n"


def test_the_installed_command_archives_a_page(installed: Installed) -> None:
    done = installed.run("archiver", "archive", "page.html", "--db", "x.db", "--json")
    assert json.loads(done.stdout)["posts_new"] == 1
    assert (installed.folder / "x.db").read_bytes().startswith(b"SQLite format 3\x00")


def test_the_installed_module_extracts_a_page(installed: Installed) -> None:
    (line,) = installed.run("python", "-m", "archiver", "extract", "page.html").stdout.splitlines()
    assert json.loads(line)["hashtags"] == ["Packaging"]


def test_the_installed_package_finds_its_metadata(installed: Installed) -> None:
    code = "from archiver import store; print(store.metadata().read_text(encoding='utf-8'))"
    told = installed.run("python", "-c", code).stdout
    assert told.strip() == (ROOT / "metadata.yml").read_text(encoding="utf-8").strip()


def test_datasette_finds_the_installed_plugin(installed: Installed) -> None:
    plugins = json.loads(installed.run("python", "-m", "datasette", "plugins").stdout)
    assert [plugin["version"] for plugin in plugins if plugin["name"] == "social-post-archiver"] == [__version__]


def _build(tree: Path, into: Path, *options: str) -> None:
    _run([sys.executable, "-m", "hatchling", "build", "-d", str(into), *options], tree)


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command that sees nothing of this checkout, and must succeed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    env |= {"PYTHONUTF8": "1", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def _wheel_names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _sdist_names(sdist: Path) -> set[str]:
    """The files of an sdist, without its own folder."""
    with tarfile.open(sdist) as archive:
        return {member.name.partition("/")[2] for member in archive if member.isfile()}
