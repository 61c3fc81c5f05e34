"""Each endpoint speaks as it really does, and oddly: each answer becomes the outcome that it is, and no more."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from archiver import store
from archiver.analysis import Filter
from archiver.checking import Looked, Manners, Round, Ways, platforms
from archiver.evidence import warcs
from archiver.sources import Settings
from archiver.store.checks import Wanted
from tests.checking.server import TWEET, Platforms, Reply, archived, html, missing, reply, serving, tweet, tweet_html
from tests.pages import WHEN

ID = "1256191637713846273"
TOKEN = "EAAB|s3cret"  # noqa: S105  nobody's
SETTINGS = Settings(allow_private=True, timeout=1, retries=1)
MANNERS = Manners(delay=0, pause=0.02, backoff=0.01, longest=0.5)


@pytest.fixture
def server() -> Iterator[Platforms]:
    with serving() as told:
        yield told


def look(db: Path, server: Platforms, *, token: str | None = None, **more: Any) -> list[Looked]:
    """What one round tells of an archive's posts; all are due."""
    ways = Ways(server.bases, token)
    settings = replace(SETTINGS, **more)
    wanted = Wanted(Filter(), platforms(ways), WHEN + timedelta(days=9999), WHEN)
    with closing(store.open_archive(db)) as archive, warcs.Writer(db) as writer:
        asked = Round(archive, db, ["check"], settings, ways, MANNERS, writer)
        return list(asked.run(wanted, Event()))


def rows(db: Path, sql: str = "select endpoint, status, outcome, note from checks order by id") -> list[Any]:
    with closing(sqlite3.connect(db)) as archive:
        return archive.execute(sql).fetchall()


def tombstone(words: str) -> Reply:
    return reply({"__typename": "TweetTombstone", "tombstone": {"text": {"text": words, "entities": []}}})


AGE = tombstone("Age-restricted adult content. This content might not be appropriate for people under 18 years old.")
DELETED = tombstone("Dieser Tweet wurde vom Verfasser gelöscht.")
PROTECTED = reply({"errors": [{"code": 179, "message": "Sorry, you are not authorized to see this status."}]}, 403)
SUSPENDED = reply({"errors": [{"message": "Forbidden."}]}, 403)

# Syndication's answer, oEmbed's where it is asked, and the outcomes of both.
TWEETS: dict[str, tuple[Reply, Reply | None, str, str | None]] = {
    "a tweet": (reply(tweet(ID)), None, "there", None),
    "an empty object": (reply({}), reply(tweet_html(ID)), "unknown", "there"),
    "both without it": (reply({}), html("Not found", 404), "unknown", "gone"),
    "404, and 404 in JSON": (Reply(404), reply({"error": "Not found"}, 404), "unknown", "gone"),
    "a tombstone for age, and protected": (AGE, PROTECTED, "unknown", "restricted"),
    "a tombstone in German, and 404": (DELETED, Reply(404), "unknown", "gone"),
    "a tombstone for age, and there": (AGE, reply(tweet_html(ID)), "unknown", "there"),
    "a suspended account": (reply({}), SUSPENDED, "unknown", "suspended"),
    "403 of some wall": (reply({}), html("Access denied", 403), "unknown", "unknown"),
    "403 without a word": (reply({}), Reply(403), "unknown", "unknown"),
    "403 that is no JSON": (reply({}), Reply(403, b"Access denied", "text/plain"), "unknown", "unknown"),
    "another tweet": (reply(tweet("20")), reply(tweet_html("20")), "unknown", "unknown"),
    "401 and 400": (Reply(401), Reply(400), "unknown", "unknown"),
    "JSON that is cut off": (Reply(200, b'{"__typename":"Tweet","id_str'), Reply(404), "error", "gone"),
    "a page with 200": (html("Log in", 200), html("Log in", 200), "error", "error"),
    "nothing with 200": (Reply(200), Reply(200), "error", "error"),
    "a body that breaks off": (Reply(200, b'{"__type', length=900), Reply(404), "error", "gone"),
    "errors of the server": (Reply(500), Reply(503), "error", "error"),
    "429 without a time": (Reply(429), reply(tweet_html(ID)), "error", "error"),
    "429 with a long one": (Reply(429, headers=(("Retry-After", "99"),)), None, "error", "error"),
    "moved": (Reply(302, headers=(("Location", "/elsewhere"),)), Reply(404), "unknown", "gone"),
    "deep JSON": (Reply(200, b"[" * 100_000), Reply(404), "error", "gone"),
    "no JSON types": (reply([1, None]), reply("x"), "unknown", "unknown"),
}


@pytest.mark.parametrize("name", TWEETS)
def test_twitter_answers_and_that_is_what_is_known(name: str, tmp_path: Path, server: Platforms) -> None:
    first, second, outcome, then = TWEETS[name]
    archived(tmp_path / "a.db", TWEET.format(ID))
    server.then("twitter-syndication", ID, first)
    if second is not None:
        server.then("twitter-oembed", ID, second)
    look(tmp_path / "a.db", server)
    assert [(e, o) for e, _, o, _ in rows(tmp_path / "a.db")] == [
        ("twitter-syndication", outcome),
        *([("twitter-oembed", then)] if then else []),
    ]


def test_a_server_that_asks_for_patience_gets_it_and_answers(tmp_path: Path, server: Platforms) -> None:
    archived(tmp_path / "a.db", TWEET.format(ID))
    for odd in (Reply(429), Reply(429, headers=(("Retry-After", "0"),)), Reply(503), Reply(200, b"{")):
        server.replies.clear()
        server.then("twitter-syndication", ID, odd, reply(tweet(ID)))
        (looked,) = look(tmp_path / "a.db", server)
        assert looked.outcome == "there"


def test_a_slow_drip_is_an_error_after_a_while(tmp_path: Path, server: Platforms) -> None:
    archived(tmp_path / "a.db", TWEET.format(ID))
    server.then("twitter-syndication", ID, replace(reply(tweet(ID)), drip=0.05))
    server.then("twitter-oembed", ID, reply(tweet_html(ID)))
    (looked,) = look(tmp_path / "a.db", server, timeout=0.1, retries=0)
    assert [check.outcome for check in looked.checks] == ["error", "there"]
    assert "did not answer within" in (looked.checks[0].note or "")


def test_the_words_of_a_tombstone_are_kept_in_whatever_language(tmp_path: Path, server: Platforms) -> None:
    archived(tmp_path / "a.db", TWEET.format(ID))
    server.then("twitter-syndication", ID, DELETED)
    look(tmp_path / "a.db", server)
    assert rows(tmp_path / "a.db")[0][3] == "Dieser Tweet wurde vom Verfasser gelöscht."


BLUESKY = "https://bsky.app/profile/ann.example.com/post/3l25zusnsfctk"
TOOT = "https://mast.example/@ann/116321600525435156"
COPY = "https://mast.example/@ann@far.example/116321600525435156"
TIKTOK = "https://www.tiktok.com/@ann/video/7106594312292453675"
REDDIT = "https://www.reddit.com/r/otters/comments/abc123/rivers/"
YOUTUBE = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
VIMEO = "https://vimeo.com/76979871"
TUMBLR = "https://ann.tumblr.com/post/123456789012"
PINTEREST = "https://www.pinterest.com/pin/99360735500167749/"
INSTAGRAM = "https://www.instagram.com/p/CuVwGYQrpZz/"
FACEBOOK = "https://www.facebook.com/ann.example/posts/1234567890123456"
THREADS = "https://www.threads.net/@ann/post/CuVwGYQrpZz"

VIEW = {
    "thread": {
        "$type": "app.bsky.feed.defs#threadViewPost",
        "post": {
            "uri": "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3l25zusnsfctk",
            "author": {"did": "did:plc:ewvi7nxzyoun6zhxrhs64oiz", "handle": "ann.example.com", "displayName": "Ann"},
            "record": {"text": "Of otters.", "createdAt": "2024-08-20T16:31:35.000Z"},
        },
    }
}
STATUS = {
    "id": "116321600525435156",
    "url": TOOT,
    "created_at": "2026-03-31T03:12:45.830Z",
    "content": "<p>Of otters.</p>",
    "account": {"id": "1", "acct": "ann", "username": "ann", "display_name": "Ann"},
}


def _no(kind: str) -> Reply:
    return reply({"thread": {"$type": f"app.bsky.feed.defs#{kind}", "uri": "at://x", kind: True}})


# A post, its endpoint, what that answers, and the outcome.
OTHERS: dict[str, tuple[str, str, Reply, str]] = {
    "a post on Bluesky": (BLUESKY, "bluesky", reply(VIEW), "there"),
    "one not found there": (BLUESKY, "bluesky", _no("notFoundPost"), "gone"),
    "one not found, as an error": (BLUESKY, "bluesky", missing("bluesky"), "gone"),
    "one that is blocked": (BLUESKY, "bluesky", _no("blockedPost"), "restricted"),
    "a handle that is no more": (
        BLUESKY,
        "bluesky",
        reply({"error": "InvalidRequest", "message": "Unable to resolve handle"}, 400),
        "unknown",
    ),
    "a status": (TOOT, "mastodon", reply(STATUS), "there"),
    "an instance with a wall": (TOOT, "mastodon", reply({"error": "This API requires a token"}, 401), "restricted"),
    "an instance that speaks otherwise": (TOOT, "mastodon-oembed", html("Nothing here", 404), "unknown"),
    "a status that is deleted": (TOOT, "mastodon-oembed", reply({"error": "Record not found"}, 404), "gone"),
    "a copy that is no more": (COPY, "mastodon-oembed", reply({"error": "Record not found"}, 404), "unknown"),
    "a film on TikTok": (
        TIKTOK,
        "tiktok",
        reply({"title": "Otters", "html": f'<blockquote class="tiktok-embed" cite="{TIKTOK}"></blockquote>'}),
        "there",
    ),
    "TikTok that says something": (
        TIKTOK,
        "tiktok",
        reply({"code": 400, "message": "Something went wrong"}, 400),
        "unknown",
    ),
    "a post on Reddit": (
        REDDIT,
        "reddit",
        reply(
            {
                "title": "Otters",
                "html": f'<blockquote class="reddit-embed-bq"><a href="{REDDIT}">Otters</a></blockquote>',
            }
        ),
        "there",
    ),
    "Reddit's wall": (REDDIT, "reddit", html("blocked by network security", 403), "unknown"),
    "a private place": (REDDIT, "reddit", reply({"reason": "private", "message": "Forbidden"}, 403), "restricted"),
    "a film on YouTube": (
        YOUTUBE,
        "youtube",
        reply(
            {
                "title": "Song",
                "html": '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ?feature=oembed"></iframe>',
            }
        ),
        "there",
    ),
    "a private film": (YOUTUBE, "youtube", Reply(401, b"Unauthorized", "text/plain"), "restricted"),
    "a film that is no more": (YOUTUBE, "youtube", Reply(404, b"Not Found", "text/html"), "gone"),
    "an id that YouTube dislikes": (YOUTUBE, "youtube", Reply(400, b"Bad Request", "text/plain"), "unknown"),
    "a film on Vimeo": (
        VIMEO,
        "vimeo",
        reply({"title": "Song", "html": '<iframe src="https://player.vimeo.com/video/76979871"></iframe>'}),
        "there",
    ),
    "one for some sites": (VIMEO, "vimeo", reply({"domain_status_code": 403, "message": "Private"}, 403), "restricted"),
    "a post on Tumblr": (
        TUMBLR,
        "tumblr",
        reply({"url": TUMBLR, "html": f'<div class="tumblr-post"><a href="{TUMBLR}">{TUMBLR}</a></div>', "title": "x"}),
        "there",
    ),
    "one that is no more": (TUMBLR, "tumblr", reply({"meta": {"status": 404}}, 404), "gone"),
    "a pin that is no more": (PINTEREST, "pinterest", Reply(404), "gone"),
    "a picture on Instagram": (
        INSTAGRAM,
        "instagram",
        reply({"html": f'<blockquote class="instagram-media" data-instgrm-permalink="{INSTAGRAM}"></blockquote>'}),
        "there",
    ),
    "one that Meta does not show": (
        INSTAGRAM,
        "instagram",
        reply({"error": {"message": "The requested resource does not exist", "code": 24}}, 400),
        "unknown",
    ),
    "a token that is no more": (
        FACEBOOK,
        "facebook",
        reply({"error": {"message": "Error validating access token", "code": 190}}, 400),
        "error",
    ),
    "a limit of Meta's": (THREADS, "threads", reply({"error": {"message": "Too many", "code": 4}}, 400), "error"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_platforms_answer_and_that_is_what_is_known(name: str, tmp_path: Path, server: Platforms) -> None:
    permalink, endpoint, answer, outcome = OTHERS[name]
    (post_id,) = archived(tmp_path / "a.db", permalink)
    server.then(endpoint, post_id.removeprefix("t3_"), answer)
    look(tmp_path / "a.db", server, token=TOKEN)
    found = rows(tmp_path / "a.db")
    assert (found[-1][0], found[-1][2]) == (endpoint, outcome), (found, server.hits)


def test_without_a_token_meta_is_not_asked(tmp_path: Path, server: Platforms) -> None:
    archived(tmp_path / "a.db", INSTAGRAM, FACEBOOK, THREADS)
    assert look(tmp_path / "a.db", server) == []
    assert server.hits == []


def refusing(words: str) -> bytes:
    return json.dumps({"error": {"message": words, "code": 100}}).encode()


ECHOES = [
    b"",
    refusing(f"Bad {TOKEN}"),
    refusing("x" * (300 - len(TOKEN) + 2) + f"{TOKEN}."),  # at the end of what is kept of the words
    refusing("x" * 292 + TOKEN),
    refusing("Bad EAAB%7cs3cret"),
    refusing("Bad EAAB%257Cs3cret"),
    refusing("Bad EAAB&#124;s3cret"),
    rb'{"error": {"message": "Bad EAAB\u007cs3cret", "code": 100}}',
    rb'{"error": {"message": "Bad EAAB\|s3cret", "code": 100}}',
]


@pytest.mark.parametrize("echo", ECHOES)
def test_a_token_is_sent_and_stored_nowhere(tmp_path: Path, server: Platforms, echo: bytes) -> None:
    archived(tmp_path / "a.db", INSTAGRAM)
    server.then("instagram", "CuVwGYQrpZz", Reply(400, echo or b'{"error": {"code": 24}}'))
    look(tmp_path / "a.db", server, token=TOKEN)
    assert "access_token=EAAB%7Cs3cret" in server.hits[0][2]
    with closing(sqlite3.connect(tmp_path / "a.db")) as archive:
        archive.execute("pragma wal_checkpoint(truncate)")
        told = "\n".join(archive.iterdump())
    assert "s3c" not in told
    assert "EAAB" not in told
    (kept,) = rows(tmp_path / "a.db", "select count(*) from captures where url like '%oembed%'")[0]
    assert kept == (0 if echo else 1)
    for path in tmp_path.glob("*.warc.gz"):
        assert b"s3cret" not in b"".join(_members(path))


def test_a_token_in_a_failure_is_told_nowhere(tmp_path: Path, server: Platforms) -> None:
    archived(tmp_path / "a.db", INSTAGRAM)
    there = (("Location", "http://10.0.0.1/?access_token=EAAB%7Cs3cret"),)
    server.then("instagram", "CuVwGYQrpZz", Reply(302, b"", headers=there))
    (looked,) = look(tmp_path / "a.db", server, token=TOKEN)
    assert looked.outcome in ("error", "unknown")
    with closing(sqlite3.connect(tmp_path / "a.db")) as archive:
        assert "s3cret" not in "\n".join(archive.iterdump())


def _members(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        yield file.read()


def test_a_private_address_is_not_asked_even_where_an_instance_is_there(tmp_path: Path, server: Platforms) -> None:
    archived(tmp_path / "a.db", TOOT)
    ways = Ways(server.bases)
    wanted = Wanted(Filter(), platforms(ways), WHEN + timedelta(days=9999), WHEN)
    with closing(store.open_archive(tmp_path / "a.db")) as archive:
        asked = Round(archive, tmp_path / "a.db", ["check"], replace(SETTINGS, allow_private=False), ways, MANNERS)
        (looked,) = asked.run(wanted, Event())
    assert looked.outcome == "error"
    assert "private address" in (looked.checks[0].note or "")
    assert server.hits == []
