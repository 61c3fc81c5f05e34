from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.imports import lists
from archiver.model import Failed
from tests.imports.samples import ID, OTHER, imported, rows

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def test_a_list_names_posts_of_any_platform(archive: sqlite3.Connection, tmp_path: Path) -> None:
    file = tmp_path / "posts.txt"
    file.write_text(
        f"# mine\n<https://x.com/ole_s/status/{OTHER}?s=20>\n\n{ID}\tnote\nhttps://www.youtube.com/watch?v=dQw4w9WgXcQ\n"
        "https://www.facebook.com/ann/posts/10102577175875681\nhttps://example.com/\n"
    )
    found, counts = imported(archive, file)
    assert rows(archive, "select key, n_embeds from posts where platform <> 'facebook' order by key") == [
        (f"twitter:{ID}", 0),
        (f"twitter:{OTHER}", 0),
        ("youtube:dQw4w9WgXcQ", 0),
    ]
    assert [each.target.rpartition("#")[2] for each in found if isinstance(each, Failed)] == ["7"]
    assert counts.posts_new == 4
    sql = f"select permalink, posted_at, handle from posts join authors on authors.id = author_id where key = 'twitter:{OTHER}'"  # noqa: E501
    assert rows(archive, sql) == [(f"https://twitter.com/ole_s/status/{OTHER}", "2018-11-26T16:37:10.233Z", "ole_s")]


@pytest.mark.parametrize(
    ("line", "is_tweet"),
    [
        ("20", True),
        ("19", False),
        ("29700859247", True),
        ("29700859248", False),
        ("291895636918271", False),
        ("291895636918272", True),
        ("2006000000000000000", True),
        ("2106000000000000000", False),
        ("9223372036854775808", False),
        ("99999999999999999999", False),
        ("１２３４", False),
        ("-20", False),
        ("20.0", False),
        ("", False),
        ('"1050118621198921728",', True),
    ],
)
def test_a_number_is_a_tweet_where_it_can_be_one(line: str, is_tweet: bool) -> None:
    assert (lists.post(line, None, NOW) is not None) == is_tweet
    assert (lists.post(line, "twitter", NOW) is not None) == is_tweet


IDS = {
    "twitter": ID,
    "instagram": "B_abcdefghi",
    "threads": "Cvk_NVnyZV9",
    "reddit": "abc123",
    "telegram": "channel/12",
    "youtube": "dQw4w9WgXcQ",
    "vimeo": "12345678",
    "linkedin": "7123456789012345678",
    "pinterest": "12345678",
    "vk": "wall-12_34",
    "vine": "eHAbc123",
    "tiktok": "7123456789012345678",
}


@pytest.mark.parametrize("platform", lists.BY_ID)
def test_an_id_of_a_platform_leads_to_its_post(platform: str) -> None:
    found = lists.post(IDS[platform], platform, NOW)
    assert found is not None
    assert (found.platform, found.platform_id) == (platform, IDS[platform])
    assert lists.post("../../x?y=<z>", platform, NOW) is None


def test_ids_alone_are_those_of_the_platform_that_is_told(archive: sqlite3.Connection, tmp_path: Path) -> None:
    (tmp_path / "ids").write_text(f"dQw4w9WgXcQ\nhttps://x.com/a/status/{ID}\nno id at all\n")
    _, counts = imported(archive, tmp_path / "ids", kind="list", platform="youtube")
    assert {key for (key,) in rows(archive, "select key from posts")} == {"youtube:dQw4w9WgXcQ", f"twitter:{ID}"}
    assert counts.failures == 1
