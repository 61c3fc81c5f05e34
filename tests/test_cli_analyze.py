from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver import store
from archiver.analysis.catalogue import QUESTIONS
from archiver.cli.analyze import command
from tests.analysis.small import add, page, post

EVIL = "=\x1b[31mred\u202e | pipe"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("analyze") / "herons.db"
    with closing(store.open_archive(path)) as archive:
        told = [post(n, f"author_{n}", f"Heron {n} #Herons", hours=n * 400) for n in range(1, 4)]
        add(
            archive,
            page("a.example/1", *told, hours=1300, title="Herons", around=("MeToo",)),
            page("b.example/2", told[0], post(9, "evil", EVIL, author_name=EVIL), hours=2000, title=EVIL),
        )
    return path


def run(db: Path, *args: str, columns: int = 80) -> Result:
    return CliRunner().invoke(command, [*args, "--db", str(db)], env={"COLUMNS": str(columns)})


@pytest.mark.parametrize("what", QUESTIONS)
@pytest.mark.parametrize("columns", [80, 200])
def test_every_answer_says_what_it_is_about_and_fits_the_terminal(db: Path, what: str, columns: int) -> None:
    result = run(db, what, columns=columns)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert {line.partition(":")[0] for line in lines} >= {"Filter", "Of", "Archive"}
    assert max(map(len, lines)) <= columns
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


@pytest.mark.parametrize("what", QUESTIONS)
def test_json_csv_and_markdown_hold_the_same_rows(db: Path, what: str) -> None:
    table = QUESTIONS[what][0].name
    told = json.loads(run(db, what, "--table", table, "--format", "json").stdout)
    assert [set(answer) for answer in told] == [{"name", "title", "filter", "denominator", "span", "notes", "rows"}]
    result = run(db, what, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert rows == [{k: "" if v is None else str(v) for k, v in row.items()} for row in told[0]["rows"]]
    assert f"# Of: {told[0]['denominator']}" in result.stderr
    markdown = run(db, what, "--table", table, "--format", "md").stdout
    assert sum(line.startswith("| ") for line in markdown.splitlines()) == len(rows) + 1


def test_filters_reach_the_answer(db: Path) -> None:
    args = "hashtags --hashtag metoo --author author_1 --outlet a.example --platform twitter --lang en"
    more = ["--from", "2017-10", "--to", "2017-12-31", "--search", "heron", "--format", "json", "--table", "top"]
    (told,) = json.loads(run(db, *args.split(), *more).stdout)
    assert told["denominator"] == "1 embedded posts"
    assert told["filter"] == (
        "embedded posts with #metoo, by author_1, on twitter, with the words heron, in the language en, "
        "posted from 2017-10 to 2017-12-31, in articles of a.example"
    )
    assert [row["hashtag"] for row in told["rows"]] == ["Herons", "MeToo"]


def test_a_limit_of_0_is_none(db: Path) -> None:
    def authors(limit: int) -> int:
        told = run(db, "authors", "--table", "top", "--format", "json", "--limit", str(limit)).stdout
        return len(json.loads(told)[0]["rows"])

    assert (authors(0), authors(1)) == (4, 1)


def test_two_periods_are_compared(db: Path) -> None:
    result = run(db, "hashtags", "--then", "2017-10", "--now", "2017-11")
    assert result.exit_code == 0
    assert "Hashtags rising and falling from 2017-10 to 2017-11" in result.output


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["hashtags", "--then", "2017"], "two periods are needed"),
        (["hashtags", "--then", "2017", "--now", "soon"], "'soon' is no date"),
        (["hashtags", "--table", "nonsense"], "is none of top, time, changes"),
        (["hashtags", "--from", "2017-13"], "is no date"),
        (["nonsense"], "is not one of"),
    ],
)
def test_wrong_usage_is_told(db: Path, args: list[str], told: str) -> None:
    result = run(db, *args)
    assert result.exit_code == 2
    assert told in result.output


def test_a_missing_archive_is_told(tmp_path: Path) -> None:
    result = run(tmp_path / "none.db", "hashtags")
    assert result.exit_code == 1
    assert "no such archive" in result.output


def test_pictures_are_drawn_as_svg_and_html(db: Path, tmp_path: Path) -> None:
    svg, html = tmp_path / "tags.svg", tmp_path / "tags.html"
    assert run(db, "hashtags", "--plot", str(svg)).exit_code == 0
    assert svg.read_text(encoding="utf-8").startswith("<svg xmlns=")
    assert run(db, "authors", "--table", "top", "--plot", str(html)).exit_code == 0
    page_ = html.read_text(encoding="utf-8")
    assert "<svg xmlns=" in page_
    assert "<td>author_1</td>" in page_
    assert "\u202e" not in page_.split("</svg>")[0]


def test_png_is_drawn_or_the_missing_extra_is_told(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)
    result = run(db, "hashtags", "--plot", str(tmp_path / "tags.png"))
    assert result.exit_code == 1
    assert "PNG needs vl-convert, which is not installed (pip install 'social-post-archiver[report]'" in result.output
    assert not (tmp_path / "tags.png").exists()


@pytest.mark.parametrize(
    ("args", "name", "told"),
    [
        (["hashtags"], "tags.pdf", "is of no kind that can be drawn"),
        (["authors", "--table", "concentration"], "a.svg", "is a table without a picture"),
        (["mentions"], "m.svg", "has no row to draw"),
        (["hashtags"], "missing/tags.svg", "cannot be written"),
    ],
)
def test_what_cannot_be_drawn_is_told(db: Path, tmp_path: Path, args: list[str], name: str, told: str) -> None:
    result = run(db, *args, "--plot", str(tmp_path / name))
    assert result.exit_code == 1
    assert told in result.output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no disk that is always full")
@pytest.mark.parametrize("kind", ["table", "csv", "json", "md"])
def test_standard_output_that_takes_no_more_is_one_clear_line(db: Path, kind: str) -> None:
    asked = [sys.executable, "-m", "archiver", "analyze", "authors", "--db", str(db), "--format", kind]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(asked, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if not line.startswith("# ")]
    assert told == ["Error: standard output cannot be written: No space left on device"]


def test_a_picture_that_cannot_be_written_leaves_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text("older")
    script = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (33000, 33000)); from archiver.cli import _answers; "
        "from pathlib import Path; from unittest import mock\n"
        "with mock.patch('archiver.analysis.plot.svg', return_value='x' * 40000):\n"
        f" _answers.draw(object(), Path({str(path)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "a.svg: cannot be written: File too large" in done.stderr
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.svg", "older")]


def test_json_holds_nothing_that_a_terminal_obeys(db: Path) -> None:
    told = run(db, "authors", "--format", "json").output
    assert "\u202e" not in told
    assert any(EVIL in str(row) or EVIL in row.values() for answer in json.loads(told) for row in answer["rows"])


def test_markdown_holds_nothing_that_turns_or_hides_what_follows(db: Path) -> None:
    told = run(db, "authors", "--format", "md").output
    assert "=[31mred" not in told  # Markdown reads no sign of it
    assert ("=\\[31mred \\| pipe" in told, "\u202e" in told, "\x1b" in told) == (True, False, False)
