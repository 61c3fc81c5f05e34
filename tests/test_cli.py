from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database

from archiver import __version__
from archiver.cli import cli

ROOT = Path(__file__).parents[1]
COMMANDS = """archive extract import serve wayback commoncrawl crawl failures retry analyze check recover report verify
manifest prove redact honour-deletions merge export""".split()

# What a line of `archiver extract` has, in this order: other programs rely on it.
KEYS = """target page_url position shape platform platform_id permalink handle author_name text lang date_shown
posted_at time_source hashtags mentions links media context_before context_after heading flags""".split()

BLOCKQUOTE = (
    '<blockquote class="twitter-tweet"><p lang="en">Hello 😂 ünï #Tag</p>&mdash; Ann (@ann_example) '
    '<a href="https://twitter.com/ann_example/status/{id}">November 7, 2017</a></blockquote>'
)
PAGE = f"<html><body><h2>Above</h2><p>Before.</p>{BLOCKQUOTE.format(id=927949487731638276)}<p>After.</p></body></html>"
SIGNED = "Hello #Plain\n— Bob (@bob_example) November 29, 2017\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with an article of one embed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A real server on loopback, as host:port. /moved leads to /page, with credentials of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGE.encode()
            self.send_response({"/page": 200, "/moved": 302}.get(self.path, 404))
            if self.path == "/moved":
                self.send_header("location", f"http://other:s3cret@{self.headers['host']}/page")
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


@pytest.mark.usefixtures("folder")
def test_archive_exits_with_0_when_all_is_archived() -> None:
    done = _call("archive", "page.html")
    assert done.exit_code == 0
    assert done.stdout.startswith("1 page with 1 embed in archive.db\n1 post new, 0 known\n")
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["archive", "extract"])
def test_a_bad_target_stops_no_other_and_makes_the_exit_code_1(folder: Path, command: str) -> None:
    (folder / "empty.html").touch()
    done = _call(command, "missing.html", "empty.html", "page.html")
    assert done.exit_code == 1
    assert [line.split()[:2] for line in done.stderr.splitlines()] == [
        ["failed", "missing.html:"],
        ["failed", "empty.html:"],
    ]
    assert "1 embed" in done.stdout or json.loads(done.stdout)["handle"] == "ann_example"


@pytest.mark.parametrize(
    "wrong",
    [
        ["archive"],
        ["extract"],
        ["unheard-of"],
        ["archive", "page.html", "--unheard-of"],
        ["archive", "page.html", "--timeout", "0"],
        ["extract", "page.html", "--timeout", "soon"],
        ["archive", "page.html", "--timeout", "nan"],
        ["archive", "page.html", "--delay", "inf"],
        ["check", "--timeout", "nan"],
        ["recover", "--timeout", "inf"],
        ["wayback", "example.com", "--timeout", "nan"],
        ["manifest", "--out", "m.json", "--timeout", "nan"],
        ["manifest", "--out", "-"],
        ["export", "wacz", "--out", "-"],
        ["serve", "--port", "70000"],
        ["serve", "page.html"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2_and_stores_nothing(folder: Path, wrong: list[str]) -> None:
    done = _call(*wrong)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Usage: archiver" in done.stderr
    assert [p.name for p in folder.iterdir()] == ["page.html"]


@pytest.mark.usefixtures("folder")
def test_the_summary_for_programs_is_one_json_object_with_the_counts() -> None:
    first = _call("archive", "page.html", "missing.html", "--json", "--db", "x.db")
    again = _call("archive", "page.html", "--json", "--db", "x.db")
    assert json.loads(first.stdout) == {
        "db": "x.db",
        "pages": 1,
        "embeds": 1,
        "posts_new": 1,
        "posts_known": 0,
        "failures": 1,
        "unchanged": 0,
        "passed": 0,
        "files_known": 0,
    }
    assert json.loads(again.stdout) == {
        "db": "x.db",
        "pages": 1,
        "embeds": 1,
        "posts_new": 0,
        "posts_known": 1,
        "failures": 0,
        "unchanged": 0,
        "passed": 0,
        "files_known": 0,
    }


@pytest.mark.usefixtures("folder")
def test_extract_prints_a_line_for_each_embed_with_the_keys_of_the_contract_in_order() -> None:
    (line,) = _lines(_call("extract", "page.html"))
    assert list(line) == KEYS
    assert line | {"page_url": None} == {
        "target": "page.html",
        "page_url": None,
        "position": 1,
        "shape": "blockquote",
        "platform": "twitter",
        "platform_id": "927949487731638276",
        "permalink": "https://twitter.com/ann_example/status/927949487731638276",
        "handle": "ann_example",
        "author_name": "Ann",
        "text": "Hello 😂 ünï #Tag",
        "lang": "en",
        "date_shown": "November 7, 2017",
        "posted_at": "2017-11-07T17:22:53Z",
        "time_source": "id_snowflake",
        "hashtags": ["Tag"],
        "mentions": [],
        "links": [],
        "media": [],
        "context_before": "Before.",
        "context_after": "After.",
        "heading": "Above",
        "flags": [],
    }


def test_what_a_page_does_not_tell_is_null(folder: Path) -> None:
    (folder / "signed.txt").write_text(SIGNED, encoding="utf-8")
    (line,) = _lines(_call("extract", "signed.txt"))
    assert list(line) == KEYS
    assert {key for key, value in line.items() if value is None} == {
        "platform_id",
        "permalink",
        "lang",
        "context_before",
        "context_after",
        "heading",
    }


@pytest.mark.usefixtures("folder")
def test_extract_stores_nothing() -> None:
    _call("extract", "page.html")
    assert os.listdir() == ["page.html"]


def test_archive_stores_what_extract_prints(folder: Path) -> None:
    (folder / "signed.txt").write_text(SIGNED, encoding="utf-8")
    printed = _lines(_call("extract", "page.html", "signed.txt"))
    _call("archive", "page.html", "signed.txt")
    stored = _rows(folder, "embed_details")
    common = [key for key in KEYS if key in stored[0] and key not in {"hashtags", "flags"}]
    assert len(common) > 15
    assert [{k: line[k] for k in common} for line in printed] == [{k: row[k] for k in common} for row in stored]


@pytest.mark.usefixtures("folder")
def test_a_dash_is_standard_input() -> None:
    page = _call("extract", "-", given=PAGE)
    text = _call("extract", "-", given=SIGNED)
    assert [(line["target"], line["handle"]) for line in _lines(page)] == [("-", "ann_example")]
    assert [(line["target"], line["handle"]) for line in _lines(text)] == [("-", "bob_example")]
    assert json.loads(_call("archive", "-", "--json", given=PAGE).stdout)["posts_new"] == 1


@pytest.mark.usefixtures("folder")
def test_empty_standard_input_is_a_failure() -> None:
    done = _call("extract", "-", given="")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("failed  -: is empty")


def test_a_closed_pipe_leaves_no_traceback(folder: Path) -> None:
    many = "".join(BLOCKQUOTE.format(id=927949487731638276 + n) for n in range(1000))  # more than a pipe holds
    (folder / "many.html").write_text(f"<html><body>{many}</body></html>", encoding="utf-8")
    process = _start("extract", "many.html")
    assert process.stdout
    first = process.stdout.readline()
    process.stdout.close()
    assert process.stderr
    said = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=30)
    assert json.loads(first)["position"] == 1
    assert said == b""


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "locale",
    [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=["ascii", "C"],
)
def test_output_is_utf_8_whatever_the_locale(locale: dict[str, str]) -> None:
    process = _start("extract", "page.html", **locale)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, b"")
    assert json.loads(out.decode("utf-8"))["text"] == "Hello 😂 ünï #Tag"


@pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="file names are Unicode there")
def test_a_file_name_that_is_no_utf_8_is_printed_and_stored(folder: Path) -> None:
    os.rename(b"page.html", b"\xff.html")
    extracted = _start("extract", os.fsdecode(b"\xff.html"), PYTHONIOENCODING="utf-8:strict")
    out, err = extracted.communicate(timeout=30)
    assert (extracted.returncode, err) == (0, b"")
    assert json.loads(out)["target"] == "\udcff.html"
    archived = _start("archive", os.fsdecode(b"\xff.html"), os.fsdecode(b"\xfe.html"))
    _, err = archived.communicate(timeout=30)
    assert archived.returncode == 1
    assert err.startswith(b"failed  \\udcfe.html: no such file")
    stored = [str(row["target"]) for row in _rows(folder, "captures")]
    assert [target.lstrip("�") for target in stored] == [".html", ".html"]


@pytest.mark.parametrize("name", ["two words.html", "Grüße 猫.html", "two\nlines.html", "100%.html", "'quo\"ted.html"])
def test_a_target_is_stored_and_printed_under_its_own_name(folder: Path, name: str) -> None:
    (folder / "page.html").rename(folder / name)
    assert _call("archive", name).exit_code == 0
    (line,) = _lines(_call("extract", name))
    (row,) = _rows(folder, "embed_details")
    assert (line["target"], row["target"]) == (name, name)
    assert line["page_url"] == row["page_url"] == (folder / name).as_uri()


def test_pages_of_a_folder_are_targets_of_their_own(folder: Path) -> None:
    (folder / "a folder").mkdir()
    (folder / "page.html").rename(folder / "a folder" / "é.html")
    assert [line["target"] for line in _lines(_call("extract", "a folder"))] == [os.path.join("a folder", "é.html")]


@pytest.mark.usefixtures("folder")
def test_a_failure_is_one_line_without_control_characters() -> None:
    done = _call("extract", "two\nlines \x1b[31m.html")
    assert done.stderr.startswith("failed  two\\nlines \\x1b[31m.html: no such file")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("path", ["page", "moved", "missing"])
def test_credentials_of_a_url_are_neither_stored_nor_printed(folder: Path, server: str, path: str) -> None:
    url = f"http://someone:s3cret@{server}/{path}"
    for command in ("archive", "extract"):
        done = _call(command, url, "--allow-private")
        assert done.exit_code == (1 if path == "missing" else 0), done.output
        assert "s3cret" not in done.output
        assert "someone" not in done.output
        assert f"{server}/{path}" in done.output or command == "archive"
    _assert_absent(folder, b"s3cret", b"someone")


@pytest.mark.parametrize(
    "url",
    [
        "http://someone:s3cret@127.0.0.1:1/",
        "HTTP://someone:s3cret@127.0.0.1:port/",
        "http://someone:s3cret@127.0.0.1:99999999/",
        "http://someone:s3cret@[bad/",
        "http://someone:s3/s3cret@127.0.0.1/",
        "http://someone:s3\ncret@127.0.0.1/",
        "http://some one:s3cret@127.0.0.1/",
        " http://someone:s3cret@127.0.0.1:1/",
        "feed:http://someone:s3cret@127.0.0.1/",
        "ftp://someone:s3cret@127.0.0.1/",
    ],
)
def test_credentials_of_a_url_that_fails_are_neither_stored_nor_printed(folder: Path, url: str) -> None:
    done = _call("archive", url, "--timeout", "5")
    assert done.exit_code == 1
    assert not {"s3cret", "s3", "someone"} & set(done.output.replace("@", " ").replace(":", " ").split())
    _assert_absent(folder, b"s3cret", b"s3\\ncret", b"someone")


@pytest.mark.usefixtures("folder")
def test_a_private_address_is_refused_unless_permitted(server: str) -> None:
    refused = _call("extract", f"http://{server}/page")
    assert refused.exit_code == 1
    assert "--allow-private permits" in refused.stderr
    assert _call("extract", f"http://{server}/page", "--allow-private").exit_code == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_examples_of_it(command: str) -> None:
    told = _call(command, "--help")
    assert told.exit_code == 0
    assert f"\n    archiver {command} " in told.stdout.partition("Examples:")[2]
    assert _call(command, "-h").stdout == told.stdout


def test_the_main_help_names_every_command_and_has_examples() -> None:
    told = _call("--help").stdout
    for command in COMMANDS:
        assert f"\n  {command} " in told
        assert f"\n    archiver {command} " in told.partition("Examples:")[2]


def test_the_version_is_told() -> None:
    assert _call("--version").stdout == f"archiver, version {__version__}\n"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["missing.db", os.path.join("no", "folder.db")])
def test_serve_names_a_missing_archive_and_makes_none(name: str) -> None:
    done = _call("serve", "--db", name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"Error: {name}: no such archive (make it with: archiver archive TARGET... --db {name})\n"
    assert not os.path.exists(name)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        (["serve", "--db", "page.html"], "is no database"),
        (["archive", "page.html", "--db", "page.html"], "is no database"),
    ],
)
def test_a_file_that_is_no_archive_is_named_and_left_as_it_is(command: list[str], wrong: str) -> None:
    done = _call(*command)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: page.html: {wrong}")
    assert Path("page.html").read_text(encoding="utf-8") == PAGE


@pytest.mark.usefixtures("folder")
def test_another_database_is_named_and_left_as_it_is() -> None:
    with closing(Database("other.db")) as other:
        other.table("cats").insert({"id": 1})
    done = _call("archive", "page.html", "--db", "other.db")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: other.db: is a database, but no archive")
    with closing(Database("other.db")) as other:
        assert other.table_names() == ["cats"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed_for_each_shell(shell: str) -> None:
    process = _start(_ARCHIVER_COMPLETE=f"{shell}_source")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, b"")
    assert f"_ARCHIVER_COMPLETE={shell}_complete" in out.decode()


def test_completion_offers_the_commands() -> None:
    process = _start(_ARCHIVER_COMPLETE="bash_complete", COMP_WORDS="archiver ", COMP_CWORD="1")
    out, _ = process.communicate(timeout=30)
    assert out.decode().split() == [f"plain,{command}" for command in COMMANDS]


@pytest.mark.usefixtures("folder")
def test_what_a_terminal_would_obey_is_escaped_in_json(folder: Path) -> None:
    (folder / "odd.html").write_text(PAGE.replace("Hello", "A\x9b31m\u202eB ü"), encoding="utf-8")
    done = _call("extract", "odd.html")
    assert not {"\x9b", "\u202e"} & set(done.stdout)
    assert "A\\u009b31m\\u202eB ü" in done.stdout
    assert str(_lines(done)[0]["text"]).startswith("A\x9b31m\u202eB ü")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", [["extract", "page.html"], ["archive", "page.html"]])
def test_output_that_takes_no_more_is_said_in_one_line(command: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "archiver", *command],
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == b"Error: standard output cannot be written: No space left on device\n"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_leaves_no_traceback(closed: str) -> None:
    script = f'"{sys.executable}" -m archiver archive page.html - {closed}'
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(script, shell=True, input=b"words", capture_output=True, env=env, check=False)  # noqa: S602
    assert done.returncode == (1 if closed == "<&-" else 0), done.stderr
    assert b"Traceback" not in done.stderr


def test_a_url_is_no_file_of_urls_and_its_credentials_stay_out(folder: Path) -> None:
    done = _call("archive", "--urls", "https://someone:s3cret@h.example/list")
    assert "https://h.example/list: is a URL, not a file" in done.output
    _assert_absent(folder, b"s3cret", b"someone")


def _call(*arguments: str, given: str | None = None) -> Result:
    """Runs a command in this process; an error that is none of ours is raised."""
    return CliRunner().invoke(cli, arguments, prog_name="archiver", input=given, catch_exceptions=False)


def _start(*arguments: str, **env: str) -> subprocess.Popen[bytes]:
    """The command in a process of its own, with pipes for its output."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "archiver", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, env=os.environ | {"PYTHONPATH": path} | env)


def _lines(done: Result) -> list[dict[str, object]]:
    assert (done.exit_code, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _rows(folder: Path, table: str) -> list[dict[str, object]]:
    with closing(Database(folder / "archive.db")) as archive:
        return list(archive[table].rows)


def _assert_absent(folder: Path, *secrets: bytes) -> None:
    """Holds that no file of an archive has these bytes."""
    files = list(folder.glob("archive.db*"))
    assert files
    for file in files:
        for secret in secrets:
            assert secret not in file.read_bytes()
