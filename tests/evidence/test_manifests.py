from __future__ import annotations

import copy
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from click.testing import CliRunner, Result

from archiver import store
from archiver.cli import cli
from archiver.errors import ArchiveError, TargetError, UnreadableError
from archiver.evidence import manifests, merkle, proofs, stamps
from tests.archives import TWEET, add, live
from tests.evidence.authority import Authority, serving

Manifest = dict[str, Any]
NAMES = [f"twitter:{n}" for n in (1256000000000000001, 1256000000000000002, 1256000000000000003, 1256000000000000004)]


def page(number: int, *texts: str) -> str:
    tweets = (TWEET.format(text=text, id=1256000000000000000 + int(text[0])) for text in texts)
    return (
        f"<html><head><title>Page {number}</title></head><body><p>Words.</p>{'<p>And.</p>'.join(tweets)}</body></html>"
    )


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """An archive of two articles that embed four posts, one of them both."""
    path = tmp_path / "archive.db"
    pages = [page(1, "1 heron #bird", "2 \x9b stork ünï 😂", "3 crane"), page(2, "3 crane", "4 ibis")]
    got = [live(f"https://example.com/{n}", html, at=n) for n, html in enumerate(pages)]
    add(path, got).close()
    return path


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with serving(tmp_path_factory.mktemp("tsa") / "one") as found:
        yield found


def call(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args])


def made(db: Path, *more: object) -> Path:
    out = db.with_name("evidence.json")
    done = call("manifest", "--db", db, "--out", out, *more)
    assert done.exit_code == 0, done.output
    return out


def checked(path: Path, *more: object) -> tuple[int, list[tuple[str, str]], Manifest]:
    """The exit code, the kind and thing of each finding, and all that `verify --json` prints."""
    done = call("verify", path, "--json", *more)
    told = json.loads(done.stdout)
    return done.exit_code, [(each["kind"], each["thing"]) for each in told["findings"]], told


def altered(path: Path, change: Callable[[Manifest], object]) -> Path:
    told = json.loads(path.read_bytes())
    change(told)
    other = path.with_name("altered.json")
    other.write_bytes(rfc8785.dumps(told))
    return other


def posts(manifest: Manifest, section: str) -> list[int]:
    return [n for n, each in enumerate(manifest[section]) if each["kind"] == "post"]


def test_a_manifest_is_canonical_and_whole(db: Path) -> None:
    data = made(db).read_bytes()
    told = json.loads(data)
    assert rfc8785.dumps(told) == data
    assert told["statement"]["counts"] == {"capture": 2, "embed": 5, "post": 4}
    assert told["statement"]["size"] == len(told["records"]) == len(told["register"]) == 11
    assert [each["name"] for each in told["register"] if each["kind"] == "post"] == NAMES
    for record, line in zip(told["records"], told["register"], strict=True):
        assert line == {**line, "kind": record["kind"], "name": record["name"]}
        assert line["sha256"] == hashlib.sha256(rfc8785.dumps(record)).hexdigest()
    root = merkle.Root()
    for line in told["register"]:
        root.add(merkle.leaf(rfc8785.dumps(line)))
    assert told["statement"]["root"] == root.digest().hex()
    assert told["statement"]["software"].startswith("social-post-archiver/")
    assert {"python", "rfc8785", "selectolax"} <= told["statement"]["libraries"].keys()


def test_the_same_archive_gives_the_same_root(db: Path) -> None:
    first = json.loads(made(db).read_bytes())
    again = json.loads(made(db).read_bytes())
    assert first["records"] == again["records"]
    assert first["statement"]["root"] == again["statement"]["root"]


def test_a_filter_chooses_what_a_manifest_holds(db: Path) -> None:
    out = made(db, "--hashtag", "bird")
    told = json.loads(out.read_bytes())
    assert told["statement"]["filter"] == {"hashtags": ["bird"]}
    assert [each["name"] for each in told["register"] if each["kind"] == "post"] == NAMES[:1]
    assert checked(out, "--db", db)[:2] == (0, [])


def test_a_manifest_of_an_empty_archive_is_whole(tmp_path: Path) -> None:
    store.open_archive(tmp_path / "archive.db").close()
    out = made(tmp_path / "archive.db")
    assert checked(out, "--db", tmp_path / "archive.db")[:2] == (0, [])


@pytest.mark.parametrize("more", [(), ("--digests-only",)])
def test_what_was_not_touched_is_well_with_and_without_the_archive(db: Path, more: tuple[str, ...]) -> None:
    out = made(db, *more)
    assert checked(out)[:2] == (0, [])
    assert checked(out, "--db", db)[:2] == (0, [])


def test_a_manifest_of_digests_holds_no_texts(db: Path) -> None:
    out = made(db, "--digests-only")
    assert b"stork" not in out.read_bytes()
    assert json.loads(out.read_bytes())["records"] == []


def test_the_conclusion_says_what_is_proven_and_what_is_not(db: Path) -> None:
    done = call("verify", made(db))
    assert "Proven: 11 records of" in done.stdout
    assert "none was changed, added, removed or reordered" in done.stdout
    assert "Not proven: since when these bytes exist" in done.stdout
    assert "Not proven: that a post was real" in done.stdout


def _change(told: Manifest) -> None:
    told["records"][posts(told, "records")[1]]["content"]["text"] = "2 pelican"


def _remove(told: Manifest) -> None:
    del told["records"][posts(told, "records")[1]]


def _double(told: Manifest) -> None:
    told["records"].append(told["records"][-1])


def _add(told: Manifest) -> None:
    last = copy.deepcopy(told["records"][-1])
    last["name"] = "twitter:9"
    told["records"].append(last)


def _reorder(told: Manifest) -> None:
    at = posts(told, "records")[1]
    told["records"].insert(at + 1, told["records"].pop(at))


def _reorder_both(told: Manifest) -> None:
    for section in ("records", "register"):
        at = posts(told, section)[1]
        told[section].insert(at + 1, told[section].pop(at))


def _unlist(told: Manifest) -> None:
    del told["register"][posts(told, "register")[1]]


def _change_both(told: Manifest) -> None:
    _change(told)
    record = told["records"][posts(told, "records")[1]]
    told["register"][posts(told, "register")[1]]["sha256"] = hashlib.sha256(rfc8785.dumps(record)).hexdigest()


def _remove_both(told: Manifest) -> None:
    _remove(told)
    _unlist(told)


@pytest.mark.parametrize(
    ("change", "kind", "name"),
    [
        (_change, "changed", NAMES[1]),
        (_remove, "removed", NAMES[1]),
        (_double, "added", NAMES[3]),
        (_add, "added", "twitter:9"),
        (_reorder, "reordered", NAMES[1]),
        (_reorder_both, "reordered", NAMES[1]),
        (_unlist, "added", NAMES[1]),
    ],
)
def test_what_was_done_to_a_manifest_is_found_and_named(
    db: Path, change: Callable[[Manifest], object], kind: str, name: str
) -> None:
    code, found, _ = checked(altered(made(db), change))
    assert code == 1
    assert [each for each in found if each[0] != "root"] == [(kind, f"post {name}")]


@pytest.mark.parametrize(
    ("change", "kind"), [(_change_both, "changed"), (_remove_both, "since"), (_reorder_both, "reordered")]
)
def test_what_was_done_to_record_and_register_alike_is_found_and_the_archive_names_it(
    db: Path, change: Callable[[Manifest], object], kind: str
) -> None:
    other = altered(made(db), change)
    assert "root" in {each for each, _ in checked(other)[1]}
    code, found, _ = checked(other, "--db", db)
    assert code == 1
    assert [each for each in found if each[0] != "root"] == [(kind, f"post {NAMES[1]}")]


def test_what_was_done_to_an_archive_is_found_and_named(db: Path) -> None:
    out = made(db)
    with closing(store.open_archive(db)) as archive:
        archive.execute("update posts set text = '2 pelican' where key = ?", (NAMES[1],))
        archive.execute("delete from embeds where page_id = 2 and position = 2")
        archive.commit()
        store.rebuild(archive)
    code, found, _ = checked(out, "--db", db)
    assert code == 1
    assert found == [
        ("removed", f"embed https://example.com/1 {NAMES[3]} 1"),
        ("changed", f"post {NAMES[1]}"),
        ("removed", f"post {NAMES[3]}"),
    ]


def test_an_archive_that_has_grown_is_no_fault_and_what_came_is_named(db: Path) -> None:
    out = made(db)
    add(db, [live("https://example.com/3", page(3, "5 egret"), at=9)]).close()
    code, found, _ = checked(out, "--db", db)
    assert code == 0
    assert [each for each in found if "post" in each[1]] == [("since", "post twitter:1256000000000000005")]
    assert {kind for kind, _ in found} == {"since"}


@pytest.mark.parametrize(
    "broken",
    [
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data[:45],
        lambda data: data + b"x",
        lambda data: data.replace(b'{"content"', b'{ "content"', 1),
        lambda data: data.replace(b"stork", b"\xff\xff\xff\xff\xff"),
        lambda data: data.replace(b'"records":[{', b'"records":[7,{', 1),
        lambda data: data.replace(b'"register":[{', b'"register":[{"kind":"post"},{', 1),
        lambda data: data.replace(b'"records":[{', b'"records":[{"a":' + b"[" * 5000 + b"]" * 5000 + b"},{", 1),
        lambda data: data.replace(b'"filter":{}', b'"filter":{"x":1}', 1),
        lambda data: data.replace(b'"filter":{}', b'"filter":7', 1),
    ],
)
def test_a_broken_file_is_a_finding_and_no_crash(db: Path, broken: Callable[[bytes], bytes]) -> None:
    other = db.with_name("broken.json")
    other.write_bytes(broken(made(db).read_bytes()))
    code, found, _ = checked(other, "--db", db)
    assert code == 1
    assert "file" in {kind for kind, _ in found}


def test_names_of_records_cannot_move_the_cursor(db: Path) -> None:
    def evil(told: Manifest) -> None:
        told["records"][-1]["name"] = "z\x1b[2J\x9b\u202e"

    done = call("verify", altered(made(db), evil))
    assert done.exit_code == 1
    assert not {"\x1b", "\x9b", "\u202e"} & set(done.stdout)


def test_the_writer_refuses_records_out_of_order(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    with manifests.writing(path) as writer:
        writer.add("post", "b", "{}")
        with pytest.raises(ArchiveError, match="stands before"):
            writer.add("post", "a", "{}")
        writer.state({})
        writer.end([])
    assert json.loads(path.read_bytes())["statement"]["size"] == 1


def test_a_manifest_that_fails_leaves_the_older_one(db: Path) -> None:
    before = made(db).read_bytes()
    with closing(store.open_archive(db)) as archive:
        archive.execute("update posts set text = cast(x'ff' as text) where key = ?", (NAMES[1],))
        archive.commit()
    assert call("manifest", "--db", db, "--out", db.with_name("evidence.json")).exit_code == 1
    assert db.with_name("evidence.json").read_bytes() == before
    assert not [p for p in db.parent.iterdir() if p.name.endswith(".part")]


@pytest.mark.parametrize("name", [NAMES[0], f"post {NAMES[3]}", f"embed https://example.com/0 {NAMES[1]} 1"])
@pytest.mark.parametrize("more", [(), ("--digests-only",)])
def test_one_record_is_proven_alone(db: Path, name: str, more: tuple[str, ...]) -> None:
    proof = db.with_name("proof.json")
    assert call("prove", made(db, *more), name, "--out", proof).exit_code == 0
    code, found, told = checked(proof)
    assert (code, found, told["records"]) == (0, [], 1)
    others = {"stork", "ibis", "heron"} - {{NAMES[0]: "heron", f"post {NAMES[3]}": "ibis"}.get(name, "stork")}
    assert not [word for word in others if word.encode() in proof.read_bytes()]
    assert "this record is one of the 11" in call("verify", proof).stdout


def test_a_proof_of_another_record_or_place_is_found(db: Path) -> None:
    proof = db.with_name("proof.json")
    proofs.write(proof, proofs.made(made(db), NAMES[1]))

    def text(told: Manifest) -> None:
        told["record"]["content"]["text"] = "2 pelican"

    def both(told: Manifest) -> None:
        text(told)
        told["entry"]["sha256"] = hashlib.sha256(rfc8785.dumps(told["record"])).hexdigest()

    assert checked(altered(proof, text))[1] == [("changed", f"post {NAMES[1]}")]
    assert checked(altered(proof, both))[1] == [("root", f"post {NAMES[1]}")]
    assert checked(altered(proof, lambda told: told.update(index=1)))[1] == [("root", f"post {NAMES[1]}")]
    assert checked(altered(proof, lambda told: told["path"].pop()))[1] == [("root", f"post {NAMES[1]}")]
    assert checked(altered(proof, lambda told: told.pop("path")))[1] == [("file", str(proof.with_name("altered.json")))]


def test_only_a_record_that_is_listed_can_be_proven(db: Path) -> None:
    out = made(db)
    with pytest.raises(TargetError, match="is in no line"):
        proofs.made(out, "twitter:9")
    assert call("prove", db, NAMES[0], "--out", db.with_name("p.json")).exit_code == 1
    with pytest.raises(UnreadableError):
        proofs.read(out)


def test_a_stamp_of_a_local_authority_verifies(db: Path, authority: Authority) -> None:
    out = made(db, "--timestamp", authority.url, "--timestamp", authority.url)
    code, found, told = checked(out, "--ca", authority.certificate)
    assert (code, found) == (0, [])
    assert [each["is_sure"] for each in told["timestamps"]] == [True, True]
    proof = db.with_name("proof.json")
    assert call("prove", out, NAMES[0], "--out", proof).exit_code == 0
    done = call("verify", proof, "--ca", authority.certificate)
    assert f"so says {authority.url}" in done.stdout
    assert "Proven: these bytes existed by" in done.stdout


def test_a_stamp_is_believed_only_by_a_certificate_given(db: Path, authority: Authority, tmp_path: Path) -> None:
    out = made(db, "--timestamp", authority.url)
    assert "Claimed, not checked" in call("verify", out).stdout
    with serving(tmp_path / "other", "Other Authority") as other:
        code, found, told = checked(out, "--ca", other.certificate)
    assert (code, found) == (1, [("time", authority.url)])
    assert told["timestamps"][0]["is_sure"] is False


def test_a_stamp_over_other_bytes_does_not_verify(db: Path, authority: Authority) -> None:
    out = made(db, "--timestamp", authority.url)

    def restated(told: Manifest) -> None:
        told["statement"]["created_at"] = "2020-01-01T00:00:00Z"

    for more in ((), ("--ca", authority.certificate)):
        assert checked(altered(out, restated), *more)[:2] == (1, [("time", authority.url)])
    for reply in ("", "no base64", "AAAA", 7, None):
        broken = altered(out, lambda told, reply=reply: told["timestamps"][0].update(reply=reply))
        assert checked(broken)[:2] == (1, [("time", authority.url)])


@pytest.mark.parametrize("path", ["/busy", "/broken", "/other"])
def test_an_authority_that_gives_no_stamp_is_told_and_the_manifest_stands(
    db: Path, authority: Authority, path: str
) -> None:
    out = db.with_name("evidence.json")
    bad = authority.url.replace("/tsr", path)
    done = call("manifest", "--db", db, "--out", out, "--timestamp", bad, "--timestamp", authority.url)
    assert done.exit_code == 1
    assert bad in done.stderr
    assert len(json.loads(out.read_bytes())["timestamps"]) == 1
    assert checked(out, "--ca", authority.certificate)[:2] == (0, [])


def test_openssl_alone_checks_a_stamp_as_the_docs_say(db: Path, authority: Authority) -> None:
    told = json.loads(made(db, "--timestamp", authority.url).read_bytes())
    statement, reply = db.with_name("statement.json"), db.with_name("stamp.tsr")
    statement.write_bytes(rfc8785.dumps(told["statement"]))
    reply.write_bytes(stamps.reply_of(told["timestamps"][0]))
    args = ["openssl", "ts", "-verify", "-data", statement, "-in", reply, "-CAfile", authority.certificate]
    assert b"Verification: OK" in subprocess.run(args, check=True, capture_output=True).stdout


def test_a_file_that_holds_no_certificate_is_refused(db: Path) -> None:
    done = call("verify", made(db), "--ca", db)
    assert done.exit_code == 1
    assert "holds no certificates" in done.stderr


def test_verify_still_takes_an_archive_by_name(db: Path) -> None:
    assert "read back: nothing differs" in call("verify", db).stdout
    assert call("verify", db, "--db", db).exit_code == 2


def test_the_root_is_checked_by_hand_as_the_docs_say(db: Path) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
    program = docs.partition("```python\n")[2].partition("```")[0]
    out = made(db)
    other = altered(out, lambda told: told["register"][0].update(sha256="0" * 64))
    for path, wanted in ((out, "True"), (other, "False")):
        done = subprocess.run([sys.executable, "-W", "ignore", "-c", program, path], check=True, capture_output=True)
        assert done.stdout.decode().strip() == wanted


@pytest.mark.skipif(shutil.which("jq") is None, reason="the docs check by hand with jq, which is not installed")
def test_digests_are_checked_by_hand_as_the_docs_say(db: Path, authority: Authority) -> None:
    out = made(db, "--timestamp", authority.url)
    told = json.loads(out.read_bytes())
    for number, line in enumerate(told["register"]):
        got = subprocess.run(["jq", "-cSj", f".records[{number}]", out], check=True, capture_output=True).stdout
        assert hashlib.sha256(got).hexdigest() == line["sha256"]
    got = subprocess.run(["jq", "-cSj", ".statement", out], check=True, capture_output=True).stdout
    assert got == rfc8785.dumps(told["statement"])


def test_records_beside_a_register_of_digests_are_not_passed_over(db: Path) -> None:
    whole = json.loads(made(db).read_bytes())["records"]
    forged = [{**whole[0], "content": {"text": "never written"}}]
    path = altered(made(db, "--digests-only"), lambda m: m.update(records=forged))
    code, found, _ = checked(path)
    assert (code, found) == (1, [("added", f"{whole[0]['kind']} {whole[0]['name']}")])


@pytest.mark.parametrize("before", [b"no JSON at all", b'{"content":1,"kind":"post","name":"x"}', b'{"a":1'])
def test_a_register_inside_the_records_does_not_pass_for_the_files_own(db: Path, before: bytes) -> None:
    path = made(db, "--digests-only")
    path.write_bytes(path.read_bytes().replace(b'"records":[]', b'"records":[' + before, 1))
    code, found, _ = checked(path)
    assert (code, found[-1]) == (1, ("file", str(path)))


def test_a_second_register_among_the_records_is_found(db: Path) -> None:
    path = made(db, "--digests-only")
    told = json.loads(path.read_bytes())
    inner = {n: told[n] for n in ("register", "statement", "timestamps")}
    decoy = {"content": {"a": 1, **inner}, "kind": "post", "name": "x"}
    code, found, _ = checked(altered(path, lambda m: m.update(records=[decoy], register=[])))
    assert code == 1
    assert "file" in {kind for kind, _ in found}


@pytest.mark.parametrize("told", [None, "", "some", 1, ["whole"]])
def test_what_a_statement_says_of_its_records_is_one_of_two(db: Path, told: object) -> None:
    path = altered(made(db), lambda m: m["statement"].update(records=told))
    code, found, _ = checked(path)
    assert (code, [kind for kind, _ in found]) == (1, ["file"])


def test_a_statement_that_counts_otherwise_is_found(db: Path) -> None:
    path = altered(made(db), lambda m: m["statement"]["counts"].update(post=4000))
    assert checked(path)[:2] == (1, [("root", str(path))])


@pytest.mark.parametrize("told", [{"hashtags": 5}, {"hashtags": [5]}, {"hashtags": "x"}, {"since": 1}, {"langs": [[]]}])
def test_a_filter_of_other_kinds_of_values_is_none(db: Path, told: Manifest) -> None:
    path = altered(made(db), lambda m: m["statement"].update(filter=told))
    code, found, _ = checked(path, "--db", db)
    assert (code, [kind for kind, _ in found]) == (1, ["file"])


def test_an_empty_file_is_no_archive_in_which_nothing_differs(tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    path.touch()
    done = call("verify", path)
    assert done.exit_code == 1
    assert "is empty" in done.output
    assert path.stat().st_size == 0


def test_a_proof_holds_nothing_that_is_not_proven(db: Path) -> None:
    out = db.with_name("proof.json")
    assert call("prove", made(db), NAMES[0], "--out", out).exit_code == 0
    for name, value in (("note", "never written"), ("timestamps", {})):
        path = altered(out, lambda m, name=name, value=value: m.update({name: value}))
        assert checked(path)[:2] == (1, [("file", str(path))])
