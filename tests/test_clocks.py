from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.clocks import between, uploaded
from tests.archives import add, live

WHEN = datetime(2018, 1, 23, 21, 43, 28, tzinfo=UTC)
NAME = "DUQbNOTW4AEG9OT"
SYNDICATED = """<blockquote class="twitter-tweet"><p lang="en">Herons <a href="https://t.co/a">pic.twitter.com/a</a>
</p>&mdash; Ann (@ann_lee) <a href="https://twitter.com/ann_lee/status/955920254026346496">January 23, 2018</a>
</blockquote>"""


@pytest.mark.parametrize(
    "url",
    [
        f"https://pbs.twimg.com/media/{NAME}.jpg",
        f"https://pbs.twimg.com/media/{NAME}?format=jpg&name=large",
        f"http://pbs.twimg.com/media/{NAME}.jpg:orig",
        f"//pbs.twimg.com/media/{NAME}",
    ],
)
def test_the_name_of_a_picture_tells_when_it_was_uploaded(url: str) -> None:
    moment = uploaded(url)
    assert moment is not None
    assert moment.replace(microsecond=0) == WHEN


@pytest.mark.parametrize(
    "url",
    [
        "",
        "pic.twitter.com/abc",
        f"https://example.com/media/{NAME}.jpg",
        f"https://pbs.twimg.com.example.com/media/{NAME}.jpg",
        f"https://pbs.twimg.com/media/{NAME}x.jpg",
        "https://pbs.twimg.com/media/DUQbNOTW4AEG9O.jpg",
        "https://pbs.twimg.com/profile_images/955918934900924417/x.jpg",
        "https://pbs.twimg.com/media/AAAAAAAAAAAAAAA.jpg",
        "https://pbs.twimg.com/media/_______________.jpg",
    ],
)
def test_any_other_address_tells_nothing(url: str) -> None:
    assert uploaded(url) is None


@given(st.text(max_size=20))
def test_no_name_is_too_odd(name: str) -> None:
    moment = uploaded(f"https://pbs.twimg.com/media/{name}")
    assert moment is None or moment.tzinfo is UTC


def test_the_archive_keeps_it_beside_the_picture_and_leaves_the_time_of_the_post(tmp_path: Path) -> None:
    data = f"""<script type="application/json">{{"tweet": {{"id_str": "955920254026346496", "text": "Herons",
    "user": {{"screen_name": "ann_lee", "name": "Ann"}}, "created_at": "Tue Jan 23 21:48:43 +0000 2018",
    "entities": {{"media": [{{"media_url_https": "https://pbs.twimg.com/media/{NAME}.jpg", "type": "photo",
    "url": "https://t.co/a", "indices": [0, 6]}}]}}}}}}</script>"""
    capture = live("https://example.com/1", f"<html><body>{SYNDICATED}{data}</body></html>")
    with closing(add(tmp_path / "archive.db", [capture])) as archive:
        rows = dict(archive.execute("select url, uploaded_at from media").fetchall())
        assert archive.execute("select posted_at, time_source from posts").fetchall() == [
            ("2018-01-23T21:48:43.356Z", "id_snowflake")
        ]
    assert set(rows.values()) - {None} <= {"2018-01-23T21:43:28.621Z"}
    assert rows


@pytest.mark.parametrize(
    ("number", "written"),
    [
        # other tweets of the same list, which are not kept here
        (20, "2006-03-21 20:50:14"),
        (29233, "2006-09-12 17:07:37"),
        (95171872, "2007-06-07 23:14:21"),
        (800349721, "2008-04-30 13:31:55"),
        (2350000000, "2009-06-26 21:00:00"),
        (3070646265, "2009-08-01 14:46:45"),
        (29642849756, "2010-11-04 05:23:46"),
        (29700859247, "2010-11-04 21:02:48"),
    ],
)
def test_an_old_tweet_was_written_between_two_times(number: int, written: str) -> None:
    known = between(str(number))
    assert known is not None
    assert known[0] < datetime.fromisoformat(f"{written}+00:00") < known[1]
    assert known[1] - known[0] < timedelta(days=14)


@pytest.mark.parametrize("number", ["", "19", "29700859248", "291895636918272", "955920254026346496", "²", "x", "-20"])
def test_ids_of_no_old_tweet_tell_no_interval(number: str) -> None:
    assert between(number) is None


@given(st.integers(20, 29700859247), st.integers(20, 29700859247))
def test_intervals_run_with_the_ids(one: int, other: int) -> None:
    known, later = between(str(min(one, other))), between(str(max(one, other)))
    assert known is not None
    assert later is not None
    assert known[0] <= later[0]
    assert known[1] <= later[1]


def test_the_archive_keeps_the_interval_of_an_old_tweet_and_no_time(tmp_path: Path) -> None:
    html = """<blockquote class="twitter-tweet"><p>Just setting up</p>&mdash; Ann (@ann_lee)
    <a href="https://twitter.com/ann_lee/status/800349721">x</a></blockquote>"""
    with closing(add(tmp_path / "archive.db", [live("https://example.com/1", f"<html>{html}</html>")])) as archive:
        rows = archive.execute("select posted_at, time_source, posted_after, posted_before from posts").fetchall()
    assert rows == [(None, None, "2008-04-23T21:58:35Z", "2008-05-02T15:44:57Z")]
