"""Files and folders: which are read, by which source, and what is refused."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from archiver import sources
from archiver.errors import TargetError, UnreadableError
from archiver.model import Failed
from archiver.sources import Settings, _media, files

RSS = b"<rss><channel><item><title>A</title></item></channel></rss>"
JSON_FEED = b'{"items": [' + b"1," * 9000 + b'1], "version": "https://jsonfeed.org/version/1"}'
LIST = b"https://example.org/a\nhttps://example.org/b\n"
BOOKMARKS = b"<!DOCTYPE NETSCAPE-Bookmark-file-1><DT><A HREF='https://example.org/'>A</A>"
WARC = b"WARC/1.1\r\n"


def write(folder: Path, **bodies: bytes) -> None:
    for name, body in bodies.items():
        (folder / name.replace("_", ".")).write_bytes(body)


def wacz() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("archive/data.warc.gz", b"x")
        packed.writestr("datapackage.json", b"{}")
    return file.getvalue()


def test_of_a_folder_what_holds_pages_is_read_and_no_list(tmp_path: Path) -> None:
    write(tmp_path, a_html=b"<p>", b_txt=b"x", c_xml=RSS, d_json=JSON_FEED, e_warc=b"", f_warc_gz=b"", g_WACZ=b"")
    write(tmp_path, h_har=b"{}", i_warc_zst=b"", j_md=b"#")
    write(tmp_path, q_xml=b"<urlset/>", r_json=b'{"a": 1}', s_opml=b"<opml/>", t_csv=b"url", u_tsv=b"url", v_cdx=b"")
    write(tmp_path, w_gz=gzip.compress(RSS), x_warc_gz_open=b"", y_zip=b"PK", z_png=b"\x89PNG", _hidden_html=b"<p>")
    found = [os.path.basename(path) for path in files.pages(str(tmp_path))]
    assert found == "a.html b.txt c.xml d.json e.warc f.warc.gz g.WACZ h.har i.warc.zst j.md".split()


def test_a_folder_of_lists_alone_holds_no_page(tmp_path: Path) -> None:
    write(tmp_path, a_csv=b"url", b_opml=b"<opml/>", c_xml=b"<urlset/>", d_json=b"{}")
    with pytest.raises(TargetError, match=r"holds no page \(files that end in \.html, .*\.wacz, \.har are read\)"):
        list(files.pages(str(tmp_path)))


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("a.warc", b"", _media.WARC),
        ("a.WARC.GZ", b"damaged", _media.WARC),
        ("a.warc.zst", b"", _media.WARC),
        ("a.wacz", b"damaged", _media.WACZ),
        ("a.har", b"{", _media.HAR),
        ("a.cdx.gz", b"", _media.CDX),
        ("a.cdxj", b"", _media.CDX),
        ("a", WARC, _media.WARC),
        ("a.gz", gzip.compress(WARC), _media.WARC),
        ("a.zip", wacz(), _media.WACZ),
        ("a.json", b'{"log": {"entries": []}}', _media.HAR),
        ("a.txt", b" CDX N b a\n", _media.CDX),
        ("a.html", b"<p>", _media.OTHER),
        ("a.json", JSON_FEED, _media.OTHER),
        ("a.xml.gz", gzip.compress(RSS), _media.OTHER),
        ("a.txt", b"", _media.OTHER),
    ],
)
def test_an_archive_is_told_by_its_name_or_its_first_bytes(name: str, body: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    assert files.kind_of(str(path)) == kind


def test_an_archive_of_any_size_is_told_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(WARC)
    os.truncate(path, 1 << 40)  # a hole of a terabyte
    assert files.kind_of(str(path)) == _media.WARC
    with pytest.raises(UnreadableError, match="is larger than 100 MB"):
        files.read(str(path))


def test_what_is_no_file_is_refused_and_a_pipe_waits_for_nobody(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert files.kind_of(str(pipe)) == _media.OTHER
    assert files.kind_of(str(tmp_path / "missing")) == _media.OTHER
    with pytest.raises(TargetError, match="is no file"):
        files.read(str(pipe))
    with pytest.raises(TargetError, match="no such file or folder"):
        list(files.pages(str(tmp_path / "missing")))


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("a.html", b"<p>", _media.HTML),
        ("a.txt", LIST, _media.URLS),
        ("a.urls", b"example.org", _media.URLS),
        ("a.html", BOOKMARKS, _media.BOOKMARKS),
        ("a.csv", b"title,url\n", _media.TABLE),
        ("a.TSV", b"title\turl\n", _media.TABLE),
        ("a.opml", b"<opml/>", _media.OPML),
        ("a.xml", b"<urlset/>", _media.SITEMAP),
        ("sitemap.xml.gz", gzip.compress(b"<urlset/>"), _media.SITEMAP),
        ("a.csv.gz", gzip.compress(b"title,url\n"), _media.TABLE),
        ("a.html.gz", gzip.compress(b"words"), _media.HTML),
        ("a.json", b'{"a": 1}', _media.JSON),
        ("a.json", JSON_FEED, _media.JSON_FEED),
        ("a", JSON_FEED, _media.JSON_FEED),
    ],
)
def test_a_file_that_is_named_is_read_as_what_it_is(name: str, body: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    received = files.read(str(path))
    assert (received.media_type, received.url) == (kind, path.as_uri())
    assert received.body == (gzip.decompress(body) if name.endswith(".gz") else body)


def test_a_list_that_a_folder_holds_is_read_as_a_page(tmp_path: Path) -> None:
    write(tmp_path, a_txt=LIST, b_html=BOOKMARKS, c_txt=b"<urlset/>")
    kinds = [files.read(str(tmp_path / name), is_named=False).media_type for name in ("a.txt", "b.html")]
    assert kinds == [_media.TEXT, _media.HTML]
    with pytest.raises(UnreadableError, match=r"is a list of pages \(name the file itself"):
        files.read(str(tmp_path / "c.txt"), is_named=False)


def test_standard_input_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(LIST))))
    received = files.read_stdin()
    assert (received.body, received.media_type, received.source) == (LIST, _media.URLS, "stdin")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a.wacz", "a.har"])
def test_a_pipe_named_as_an_archive_waits_for_nobody(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    (outcome,) = sources.read([str(tmp_path)], Settings())
    assert isinstance(outcome, Failed)
    assert "is no file" in str(outcome.error)


def test_standard_input_that_is_closed_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(TargetError, match="is closed"):
        files.read_stdin()
