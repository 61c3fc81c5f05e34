from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from archiver.cli import cli
from archiver.errors import TargetError
from archiver.exports import pseudonyms
from archiver.exports.pseudonyms import Pseudonyms
from tests.archives import add, live

ONE = Pseudonyms(b"k" * 16, frozenset(("senator_x", "twitter:newsdesk")))
OTHER = Pseudonyms(b"l" * 16)
LINE = {
    "target": "a.html",
    "page_url": "https://example.com/a",
    "platform": "twitter",
    "platform_id": "1256200000000000001",
    "permalink": "https://twitter.com/ann_lee/status/1256200000000000001",
    "handle": "Ann_Lee",
    "author_name": "Ann Lee",
    "text": "Hi @Bob_K and @Senator_X, see https://x.com/bob_k/status/12 or https://example.com/@b, mail a@b.example",
    "posted_at": "2020-05-01T00:00:00Z",
    "mentions": ["Bob_K", "Senator_X"],
    "links": [{"short": "https://t.co/a", "display": "x.com/bob_k", "expanded": "https://x.com/bob_k"}],
    "media": [{"kind": "photo", "url": "https://pbs.twimg.com/media/DUQbNOTW4AEG9OT.jpg", "alt": "of @bob_k"}],
    "context_before": "She answered @ann_lee.",
    "html": "<blockquote>Ann Lee (@ann_lee)</blockquote>",
    "flags": [],
}


def test_a_handle_has_one_pseudonym_whatever_its_case_and_another_by_another_key() -> None:
    assert ONE.handle("twitter", "Ann_Lee") == ONE.handle("twitter", "@ann_lee")
    assert ONE.handle("twitter", "ann_lee").startswith("user-")
    assert ONE.handle("twitter", "ann_lee") != OTHER.handle("twitter", "ann_lee")
    assert ONE.handle("twitter", "ann_lee") != ONE.handle("instagram", "ann_lee")


def test_public_accounts_stay() -> None:
    assert ONE.handle("twitter", "Senator_X") == "Senator_X"
    assert ONE.handle("twitter", "NewsDesk") == "NewsDesk"
    assert ONE.handle("instagram", "newsdesk") != "newsdesk"
    told = json.loads(ONE.line(json.dumps(LINE | {"handle": "Senator_X", "author_name": "Senator X"})))
    assert (told["handle"], told["author_name"], told["platform_id"]) == ("Senator_X", "Senator X", LINE["platform_id"])


def test_no_private_handle_name_or_id_stands_in_a_line_any_more() -> None:
    line = ONE.line(json.dumps(LINE))
    for gone in ("ann_lee", "ann lee", "bob_k", "1256200000000000001"):
        assert gone not in line.casefold()
    told = json.loads(line)
    assert list(told) == list(LINE)
    ann, bob = ONE.handle("twitter", "ann_lee"), ONE.handle("twitter", "bob_k")
    assert (told["handle"], told["author_name"], told["mentions"]) == (ann, ann, [bob, "Senator_X"])
    assert told["text"].startswith(f"Hi @{bob} and @Senator_X, see post:")
    assert told["text"].endswith("or https://example.com/@b, mail a@b.example")
    assert told["context_before"] == f"She answered @{ann}."
    assert told["links"][0] == {"short": told["links"][0]["short"], "display": bob, "expanded": bob}
    assert told["html"] is None
    assert (told["posted_at"], told["page_url"]) == (LINE["posted_at"], LINE["page_url"])


def test_a_row_is_changed_as_a_line_is() -> None:
    columns = list(LINE)
    values = [json.dumps(v) if isinstance(v, list) else v for v in LINE.values()]
    row = dict(zip(columns, ONE.row(columns)(values), strict=True))
    line = json.loads(ONE.line(json.dumps(LINE)))
    assert {n: json.loads(v) if isinstance(LINE[n], list) else v for n, v in row.items()} == line


@pytest.mark.parametrize("name", ["ann.bsky.social", "ann@inst.example", "_ann_", "ann-lee"])
def test_handles_of_all_platforms_are_found_in_texts(name: str) -> None:
    assert ONE.text("mastodon", f"(@{name}).") == f"(@{ONE.handle('mastodon', name)})."


@given(st.text(max_size=60))
def test_any_text_goes_through(text: str) -> None:
    told = ONE.text("twitter", text)
    assert json.loads(ONE.line(json.dumps({"platform": "twitter", "text": text})))["text"] == told
    if "@" not in text and "＠" not in text and "http" not in text:
        assert told == text


def test_the_key_comes_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, public = tmp_path / "key", tmp_path / "public.txt"
    key.write_text("k" * 16 + "\n")
    public.write_text("# known to all\n\n@Senator_X\nTwitter:NewsDesk\n")
    assert pseudonyms.made(key, public) == ONE
    monkeypatch.setenv(pseudonyms.VARIABLE, "k" * 16)
    assert pseudonyms.made(None, public) == ONE


def test_without_a_key_nothing_is_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(pseudonyms.VARIABLE, raising=False)
    (tmp_path / "short").write_text("k" * 15)
    for key in (None, tmp_path / "short", tmp_path / "missing"):
        with pytest.raises(TargetError):
            pseudonyms.made(key, None)


PAGE = """<html><head><title>What @Ann_Lee said</title><meta name="author" content="Carla Writer"></head>
<p>Then Ann Lee (@ann_lee) wrote, as https://twitter.com/ann_lee/status/1256200000000000001 shows:</p>
<blockquote class="twitter-tweet"><p lang="en">Hi @Bob_K and @Senator_X, ANN LEE here
<a href="https://twitter.com/bob_k">x</a></p>&mdash; Ann Lee (@Ann_Lee)
<a href="https://twitter.com/Ann_Lee/status/1256200000000000001">May 1, 2020</a></blockquote>
<p>After it @bob_k laughed.</p>
<blockquote class="twitter-tweet"><p lang="en">I speak #now</p>&mdash; Senator Xavier (@Senator_X)
<a href="https://twitter.com/Senator_X/status/1256200000000000002">May 1, 2020</a></blockquote></html>"""
FORMATS = {
    "csv": (),
    "jsonl": (),
    "parquet": (),
    "bibtex": (),
    "csl": (),
    "md": (),
    "html": (),
    "gexf": ("--network", "accounts"),
    "graphml": ("--network", "accounts"),
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pseudonyms")
    add(folder / "a.db", [live("https://example.com/1", PAGE)]).close()
    (folder / "key").write_text("k" * 32)
    (folder / "public").write_text("twitter:senator_x\n")
    return folder / "a.db"


def run(db: Path, *arguments: object) -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments), "--db", str(db)])


def asked(db: Path) -> tuple[object, ...]:
    return "--pseudonymise", "--key-file", db.with_name("key"), "--public", db.with_name("public")


@pytest.mark.parametrize("kind", FORMATS)
def test_no_private_person_stands_anywhere_in_an_export(db: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    done = run(db, "export", kind, "--out", out, *FORMATS[kind], *asked(db))
    assert done.exit_code == 0, done.output
    is_table = kind == "parquet"
    told = str(pyarrow.parquet.read_table(out).to_pylist()) if is_table else out.read_text(encoding="utf-8")
    told = told.replace("\\", "").casefold()  # as TeX and Markdown write an underscore
    for gone in ("ann_lee", "ann lee", "bob_k", "1256200000000000001"):
        assert gone not in told
        assert gone.encode() not in out.read_bytes().lower()
    assert "senator_x" in told
    assert Pseudonyms(b"k" * 32).handle("twitter", "ann_lee") in told


@pytest.mark.parametrize("kind", ["ids", "sqlite", "wacz"])
def test_what_cannot_be_pseudonymised_says_so_and_writes_nothing(db: Path, tmp_path: Path, kind: str) -> None:
    done = run(db, "export", kind, "--out", tmp_path / "out", "--pseudonymise")
    assert (done.exit_code, "cannot be pseudonymised" in done.output) == (2, True)
    done = run(db, "report", "--out", tmp_path / "out", "--pseudonymise")
    assert (done.exit_code, "cannot be pseudonymised" in done.output) == (2, True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        (("--table", "posts"), "only embed_details can be"),
        (("--tables",), "only embed_details can be"),
        (("--author", "ann_lee"), "who they are would be told"),
    ],
)
def test_what_would_tell_who_they_are_is_refused(db: Path, tmp_path: Path, more: tuple[str, ...], wrong: str) -> None:
    done = run(db, "export", "csv", "--out", tmp_path / "out", *asked(db), *more)
    assert (done.exit_code, wrong in done.output) == (2, True)
    assert not list(tmp_path.iterdir())


def test_a_public_author_may_be_asked_for(db: Path, tmp_path: Path) -> None:
    done = run(db, "export", "md", "--out", tmp_path / "out", *asked(db), "--author", "twitter:Senator_X")
    assert (done.exit_code, "1 post" in done.output) == (0, True)


def test_options_of_pseudonyms_alone_are_wrong_usage(db: Path, tmp_path: Path) -> None:
    done = run(db, "export", "csv", "--out", tmp_path / "out", "--public", db.with_name("public"))
    assert (done.exit_code, "are for --pseudonymise" in done.output) == (2, True)


def test_a_missing_key_is_told(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(pseudonyms.VARIABLE, raising=False)
    done = run(db, "export", "csv", "--out", tmp_path / "out", "--pseudonymise")
    assert (done.exit_code, "openssl rand" in done.output) == (1, True)
