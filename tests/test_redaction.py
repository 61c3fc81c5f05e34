from __future__ import annotations

import json
import sqlite3
import unicodedata
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver import store
from archiver.cli import cli
from archiver.model import Capture
from archiver.store import redaction
from archiver.store.redaction import Wanted
from archiver.verify import verify
from tests.archives import add, live
from tests.explorer.sites import Site
from tests.tables import natural, problems

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TEXT = "Zanzibarian quokkas öffnen 😂 purple umbrellas &amp; chant #EmuSecret tonight"
WORDS = "Zanzibarian quokkas öffnen purple umbrellas chant tonight".split()
TWEET = """<blockquote class="twitter-tweet"><p lang="en">{text}</p>&mdash; {name} (@{handle})
<a href="https://twitter.com/{handle}/status/{id}">May 1, 2020</a></blockquote>"""
ID, OTHER, COPY = 1256200000000000001, 1256200000000000002, 1256200000000000003


def tweet(text: str, number: int, handle: str = "ann_lee", name: str = "Ann") -> str:
    return TWEET.format(text=text, id=number, handle=handle, name=name)


def pages() -> list[Capture]:
    """Pages with a post to be redacted, another of the same author, a copy by another, and prose that quotes it."""
    own, other = tweet(TEXT, ID), tweet("Herons stand in shallow water", OTHER)
    copied = tweet(f"RT @ann_lee: {TEXT}", COPY, "bob_k", "Bob")
    bare = f"<blockquote><p>{TEXT}</p>&mdash; Ann (@ann_lee) May 1, 2020</blockquote>"
    html = [
        f"<head><title>One</title></head><p>Before.</p>{own}<p>After #Kept.</p>{other}",
        f'<head><title>Two</title><meta name="description" content="She wrote: {TEXT}"></head>'
        f"<p>In a tweet she wrote “{TEXT}”, which many saw.</p>{copied}<p>{TEXT}</p>",
        f"<head><title>Three</title></head><p>Words.</p>{bare}<p>More.</p>",
    ]
    return [live(f"https://example.com/{n}", f"<html>{each}</html>", at=n) for n, each in enumerate(html)]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "archive.db"
    add(path, pages()).close()
    assert set(WORDS) == left(path)
    return path


def left(db: Path) -> set[str]:
    """Which words of the secret stand in the bytes of the database and its logs."""
    files = [p for p in db.parent.iterdir() if p.name.startswith(db.name)]
    data = b"".join(p.read_bytes() for p in files).lower()
    return {word for word in WORDS if word.lower().encode() in data}


def call(db: Path, *args: object) -> Result:
    return CliRunner().invoke(cli, ["redact", "--db", str(db), *(str(a) for a in args)])


def rows(db: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(store.open_archive(db)) as archive:
        return archive.execute(sql).fetchall()


def keys(db: Path) -> list[object]:
    return [key for (key,) in rows(db, "select key from posts order by key")]


@pytest.mark.parametrize(
    "wanted",
    [
        [f"twitter:{ID}"],
        [f"https://x.com/ann_lee/status/{ID}?s=20"],
        ["--author", "@Ann_Lee"],
        ["--author", "twitter:ann_lee"],
        ["--text", "quokkas öffnen"],
    ],
    ids=" ".join,
)
def test_no_byte_of_the_text_remains_and_it_does_not_come_back(db: Path, wanted: list[str]) -> None:
    done = call(db, *wanted, "--yes", "--reason", "asked by the author")
    assert done.exit_code == 0, done.output
    assert left(db) == set()
    with closing(store.open_archive(db)) as archive:
        assert problems(archive) == []
    before = keys(db)
    assert f"twitter:{ID}" not in before
    for at in (10, 20):
        again = [live(c.url or "", c.body.decode(), at=at + n) for n, c in enumerate(pages())]
        add(db, again).close()
        assert left(db) == set()
        assert keys(db) == before
    with closing(store.open_archive(db)) as archive:
        found = [each for checked in verify(archive, db) for each in checked.findings]
    assert found == []


def test_what_stays_is_as_if_the_text_had_never_come(db: Path) -> None:
    assert call(db, f"twitter:{ID}", "--yes").exit_code == 0
    assert keys(db) == [f"twitter:{OTHER}", f"twitter:{COPY}"]
    assert rows(db, "select text from posts order by id") == [
        ("Herons stand in shallow water",),
        ("RT @ann_lee: ⟦redacted⟧",),
    ]
    assert rows(db, "select description from pages where title = 'Two'") == [("She wrote: ⟦redacted⟧",)]
    with closing(store.open_archive(db)) as archive:
        kept = natural(archive)
        store.rebuild(archive)
        assert natural(archive) == kept


def test_a_hashtag_that_only_the_post_had_goes_with_it(tmp_path: Path) -> None:
    db = tmp_path / "archive.db"
    add(db, pages()[:1]).close()
    assert b"EmuSecret" in db.read_bytes()
    call(db, f"twitter:{ID}", "--yes")
    assert b"emusecret" not in db.read_bytes().lower()
    assert rows(db, "select display from hashtags") == [("Kept",)]


def test_an_author_goes_with_all_posts_and_others_stay(db: Path) -> None:
    assert call(db, "--author", "ann_lee", "--yes").exit_code == 0
    assert keys(db) == [f"twitter:{COPY}"]
    assert rows(db, "select handle from authors") == [("bob_k",)]
    add(db, [live("https://example.com/9", f"<html>{tweet('A new one of hers', OTHER + 7)}</html>", at=9)]).close()
    assert keys(db) == [f"twitter:{COPY}"]


def test_words_take_every_post_that_has_them_also_later(db: Path) -> None:
    assert call(db, "--text", "PURPLE, umbrellas", "--yes").exit_code == 0
    assert keys(db) == [f"twitter:{OTHER}"]
    html = tweet("My purple umbrellas again", 77) + tweet("My purple umbrella", 78)
    add(db, [live("https://example.com/9", f"<html>{html}<p>The purple umbrellas.</p></html>", at=9)]).close()
    assert keys(db) == [f"twitter:{OTHER}", "twitter:78"]
    assert rows(
        db, "select context_after from embeds where post_id = (select id from posts where key = 'twitter:78')"
    ) == [("The ⟦redacted⟧.",)]


def test_a_digest_a_reason_and_a_date_stay_and_nothing_else(db: Path) -> None:
    call(db, f"twitter:{ID}", "--yes", "--reason", "court order 7")
    noted = rows(db, "select what, digest, salt, reason, redacted_at from redactions")
    assert {what for what, *_ in noted} == {"post", "words"}
    for _, digest, salt, reason, at in noted:
        assert len(bytes.fromhex(str(digest))) == 16
        assert len(bytes.fromhex(str(salt))) == 32
        assert (reason, str(at)[-1]) == ("court order 7", "Z")
    assert str(ID).encode() not in b"".join(str(row).encode() for row in noted)


def test_a_dry_run_shows_and_changes_nothing(db: Path) -> None:
    before = db.read_bytes()
    done = call(db, f"twitter:{ID}", "--dry-run", "--json")
    told = json.loads(done.stdout)
    assert told["redacted"] is False
    assert f"twitter:{ID}" in told["posts"]
    assert told["embeds"] == 2
    assert {each["url"] for each in told["copies"]} == {"https://example.com/0", "https://example.com/2"}
    assert all(each["file"].endswith(".warc.gz") for each in told["copies"])
    assert db.read_bytes() == before
    assert rows(db, "select count(*) from redactions") == [(0,)]


def test_its_address_in_the_explorer_says_that_it_is_gone(db: Path) -> None:
    call(db, f"twitter:{ID}", "--yes")
    gone, other = Site(db).get(f"/-/post/twitter/{ID}", "/-/post/twitter/99")
    assert (gone.status_code, other.status_code) == (410, 404)
    assert "taken out of the archive on purpose" in gone.text


def test_it_asks_before_it_does_anything(db: Path) -> None:
    before = keys(db)
    done = CliRunner().invoke(cli, ["redact", "--db", str(db), f"twitter:{ID}"], input="n\n")
    assert done.exit_code == 1
    assert keys(db) == before
    done = CliRunner().invoke(cli, ["redact", "--db", str(db), f"twitter:{ID}"], input="y\n")
    assert done.exit_code == 0
    assert left(db) == set()


def test_copies_that_stay_are_listed(db: Path) -> None:
    done = call(db, f"twitter:{ID}", "--yes")
    assert "still holds" in done.stdout
    assert "https://example.com/2" in done.stdout


def test_a_dataset_that_stays_is_listed(db: Path, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text(f"{OTHER}\n{ID}\n", encoding="utf-8")
    assert CliRunner().invoke(cli, ["import", "--db", str(db), str(tmp_path / "ids.txt")]).exit_code == 0
    assert f"still holds a copy: {tmp_path / 'ids.txt'}#2\n" in call(db, f"twitter:{ID}", "--dry-run").stdout


def test_what_is_not_there_is_refused_all_the_same(db: Path) -> None:
    done = call(db, "twitter:42", "--yes")
    assert done.exit_code == 0
    assert "is not here" in done.stdout
    add(db, [live("https://example.com/9", f"<html>{tweet('Fresh words', 42)}</html>", at=9)]).close()
    assert "twitter:42" not in keys(db)


NAMING_NOTHING = [[], ["heron"], ["https://example.com/"], ["--text", "…"], ["--author", "@"]]


@pytest.mark.parametrize("wrong", [*NAMING_NOTHING, ["--author", "nowhere:ann"]])
def test_what_names_nothing_is_wrong_usage(db: Path, wrong: list[str]) -> None:
    assert call(db, *wrong, "--yes").exit_code == 2


def test_a_program_that_reads_the_archive_is_told(db: Path) -> None:
    with closing(sqlite3.connect(db)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from posts").fetchone()
        done = call(db, f"twitter:{ID}", "--yes")
        assert done.exit_code == 1
        assert "run the same command again" in done.stderr
    assert call(db, f"twitter:{ID}", "--yes").exit_code == 0
    assert left(db) == set()


def test_rows_that_another_way_brought_back_are_found(db: Path, tmp_path: Path) -> None:
    call(db, f"twitter:{ID}", "--yes")
    noted = rows(db, "select what, digest, salt, n_words, head, reason, redacted_at from redactions")
    other = tmp_path / "other" / "archive.db"
    other.parent.mkdir()
    with closing(add(other, pages())) as archive:
        columns = "what, digest, salt, n_words, head, reason, redacted_at"
        sql = f"insert into redactions ({columns}) values (?, ?, ?, ?, ?, ?, ?)"
        archive.executemany(sql, noted)
        archive.commit()
        found = redaction.again(archive)
        assert f"twitter:{ID}" in found.posts
        redaction.carry_out(archive, found, None, NOW)
        redaction.clean_up(archive)
        assert redaction.again(archive) == Wanted()
    assert left(other) == set()


SHOWN = "Zanzibarian quokkas öffnen purple umbrellas and chant tonight"
DISGUISES = {
    "decomposed": unicodedata.normalize("NFD", SHOWN),
    "zero-width": SHOWN.replace("quokkas", "quo\u200bkk\u2060as"),
    "soft hyphens": SHOWN.replace("quokkas", "quo&shy;kkas"),
    "variation selectors": SHOWN.replace("quokkas", "quo\ufe0fkkas"),
    "references": "".join(f"&#{ord(c)};" for c in SHOWN),
    "capitals": SHOWN.upper(),
    "wide": "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in SHOWN),
    "tags": SHOWN.replace("quokkas", "quo<b>kk</b><wbr>as"),
    "comments": SHOWN.replace("quokkas", "quo<!-- x -->kkas"),
    "an attribute": f'<img alt="She: {SHOWN}!" src="x.jpg">',
    "a comment": f"<!-- {SHOWN} -->",
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("is_late", [False, True], ids=["there before", "comes after"])
def test_a_text_is_found_in_any_disguise(tmp_path: Path, disguise: str, *, is_late: bool) -> None:
    told = DISGUISES[disguise]
    copied = f"<p>Words.</p>{tweet(f'RT {told} quoth', COPY, 'bob_k', 'Bob')}<p>{told}</p>"
    html = [f"<html>{each}</html>" for each in (tweet(SHOWN, ID), copied)]
    got = [live(f"https://example.com/{n}", each) for n, each in enumerate(html)]
    path = tmp_path / "archive.db"
    add(path, got[: 1 if is_late else 2]).close()
    assert call(path, f"twitter:{ID}", "--yes").exit_code == 0
    add(path, got[1:]).close()
    assert keys(path) == [f"twitter:{COPY}"]
    assert left(path) == set()
    assert [str(each).count("quoth") for (each,) in rows(path, "select html from embeds")] == [1]


def test_words_next_to_each_other_are_not_one_word(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    add(path, [live("https://example.com/1", f"<html>{tweet('one<br>two three', ID)}</html>")]).close()
    assert call(path, "--text", "onetwo three", "--yes").exit_code == 0
    assert keys(path) == [f"twitter:{ID}"]
    assert call(path, "--text", "one two three", "--yes").exit_code == 0
    assert keys(path) == []


@pytest.mark.parametrize("author", ["ann_lee", "@Ann_Lee", "TWITTER:ann_lee"])
def test_an_author_who_is_not_there_yet_is_refused_too(tmp_path: Path, author: str) -> None:
    path = tmp_path / "archive.db"
    store.open_archive(path).close()
    assert call(path, "--author", author, "--yes").exit_code == 0
    add(path, pages()[:2]).close()
    assert keys(path) == [f"twitter:{COPY}"]
    assert rows(path, "select handle from authors") == [("bob_k",)]


def test_the_address_of_an_account_is_no_handle(db: Path) -> None:
    done = call(db, "--author", "https://twitter.com/ann_lee", "--yes")
    assert (done.exit_code, "write HANDLE" in done.output) == (2, True)
    assert rows(db, "select 1 from redactions") == []


def test_what_one_archive_refuses_does_not_come_into_another_by_way_of_a_third(db: Path, tmp_path: Path) -> None:
    backup, whole = tmp_path / "backup" / "old.db", tmp_path / "whole" / "all.db"
    for path in (backup, whole):
        path.parent.mkdir()
    add(backup, pages()).close()
    assert call(db, f"twitter:{ID}", "--yes").exit_code == 0
    for _ in range(2):
        done = CliRunner().invoke(cli, ["merge", "--db", str(whole), str(db), str(backup)])
        assert done.exit_code == 0, done.output
    assert left(whole) == set()
    assert keys(whole) == keys(db)
    assert rows(whole, "select what, digest from redactions") == rows(db, "select what, digest from redactions")


def test_what_was_redacted_does_not_come_back_with_a_dataset(db: Path, tmp_path: Path) -> None:
    assert call(db, f"twitter:{ID}", "--yes").exit_code == 0
    before = keys(db)
    told = {"created_at": "Fri May 01 12:00:00 +0000 2020", "user": {"screen_name": "ann_lee", "name": "Ann"}}
    tweets = [told | {"id_str": str(n), "full_text": text} for n, text in ((ID, TEXT), (ID + 9, "Of wading birds"))]
    tweets.append(tweets[1] | {"id_str": str(ID + 10), "quoted_status_id_str": str(ID), "quoted_status": tweets[0]})
    given = tmp_path / "given"
    given.mkdir()
    (given / "tweets.jsonl").write_text("\n".join(json.dumps(each) for each in tweets))
    (given / "list.txt").write_text(f"https://twitter.com/ann_lee/status/{ID}\n")
    for name in ("tweets.jsonl", "list.txt"):
        done = CliRunner().invoke(cli, ["import", "--db", str(db), str(given / name)])
        assert done.exit_code == 0, done.output
    assert set(keys(db)) == {*before, f"twitter:{ID + 9}", f"twitter:{ID + 10}"}
    assert left(db) == set()
