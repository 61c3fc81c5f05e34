"""Tweets as Twitter's interfaces write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from archiver import entities as in_text
from archiver import platforms
from archiver.answers import _json
from archiver.answers._base import Told, counted, dated, related
from archiver.model import Link, Media, Post

__all__ = ["first_version", "identified", "second_version"]

_HANDLE = re.compile(r"\w{1,20}", re.ASCII)
_NUMBER = re.compile(r"\d{1,19}", re.ASCII)
_KINDS = {"photo": "photo", "video": "video", "animated_gif": "gif"}
_COUNTS = (
    ("favorite_count", "likes"),
    ("reply_count", "replies"),
    ("conversation_count", "replies"),
    ("retweet_count", "reposts"),
    ("quote_count", "quotes"),
    ("bookmark_count", "bookmarks"),
)
_METRICS = (
    ("like_count", "likes"),
    ("reply_count", "replies"),
    ("retweet_count", "reposts"),
    ("quote_count", "quotes"),
    ("bookmark_count", "bookmarks"),
    ("impression_count", "views"),
)
_REFERENCES = {"quoted": "quoted", "replied_to": "parent", "retweeted": "repost"}
_Object = dict[str, object]
_ById = dict[str | None, _Object]


def identified(number: str | None, handle: str | None = None) -> Post | None:
    """The tweet of an id, by the rules by which pages' tweets are named; None where it is no id."""
    if not number or not _NUMBER.fullmatch(number):
        return None
    known = handle if handle and _HANDLE.fullmatch(handle) else None
    post = platforms.named(f"https://twitter.com/{known or 'i'}/status/{number}")
    return replace(post, author_url=f"https://twitter.com/{known}") if post and known else post


def first_version(value: object, endpoint: str) -> Iterator[Told]:
    """The tweets in an answer of version 1.1, of GraphQL (which wraps them), or of the syndication for embeds."""
    accounts = _json.at(value, "globalObjects", "users")
    inner: set[int] = set()
    for tweet in _json.walk(value, lambda told: _is_wrapped(told) or _is_plain(told)):
        if id(tweet) in inner:
            continue
        plain = tweet
        if _is_wrapped(tweet) and isinstance(legacy := tweet["legacy"], dict):
            inner.add(id(legacy))
            plain = legacy
        account = (
            _json.at(tweet, "user")
            or _json.at(tweet, "core", "user_results", "result")
            or _json.at(accounts, _json.word(plain, "user_id_str") or "")
        )
        if told := _told(tweet, plain, account, endpoint):
            yield told


def second_version(value: object, endpoint: str, most: int = _json.MOST_OBJECTS) -> Iterator[Told]:
    """The tweets in an answer of version 2, whose authors and media stand apart; of each list `most` are read."""
    accounts = {_json.word(a, "id"): a for a in _json.objects(value, "includes", "users", most=most)}
    media = {_json.word(m, "media_key"): m for m in _json.objects(value, "includes", "media", most=most)}
    data = _json.at(value, "data")
    own = [data] if isinstance(data, dict) else _json.objects(value, "data", most=most)
    tweets = {_json.word(t, "id"): t for t in [*_json.objects(value, "includes", "tweets", most=most), *own]}
    for number, tweet in tweets.items():
        account = accounts.get(_json.word(tweet, "author_id"))
        post = identified(number, _json.word(account, "username"))
        text = _json.text(tweet, "note_tweet", "text") or _json.text(tweet, "text")
        if post is None or text is None:
            continue
        entities = _json.at(tweet, "note_tweet", "entities") or _json.at(tweet, "entities")
        keys = _json.at(tweet, "attachments", "media_keys")
        attached = [media.get(k) for k in keys if isinstance(k, str)] if isinstance(keys, list) else []
        post = replace(
            dated(post, _json.moment(tweet, "created_at")),
            text=_shown(text, _json.objects(entities, "urls")),
            lang=_json.word(tweet, "lang"),
            author_name=_json.word(account, "name"),
            hashtags=_words(entities, "hashtags", "tag") if entities else _once(in_text.hashtags(text)),
            mentions=_words(entities, "mentions", "username") if entities else _once(in_text.mentions(text)),
            links=_links(_json.objects(entities, "urls")),
            media=tuple(m for each in attached if (m := _attached(each))),
        )
        others = [
            (_REFERENCES[kind], _referred(tweets, accounts, _json.word(r, "id")))
            for r in _json.objects(tweet, "referenced_tweets")
            if (kind := _json.word(r, "type") or "") in _REFERENCES
        ]
        yield Told(
            post,
            endpoint,
            user_id=_json.identifier(tweet, "author_id"),
            counts=counted(_json.at(tweet, "public_metrics"), _METRICS),
            relations=related(post, others),
        )


def _is_wrapped(told: _Object) -> bool:
    return isinstance(told.get("legacy"), dict) and isinstance(_json.at(told, "legacy", "full_text"), str)


def _is_plain(told: _Object) -> bool:
    has_text = isinstance(told.get("full_text"), str) or isinstance(told.get("text"), str)
    return has_text and "id_str" in told and ("user" in told or "user_id_str" in told or "created_at" in told)


def _told(tweet: _Object, plain: _Object, account: object, endpoint: str) -> Told | None:
    number = _json.word(plain, "id_str") or _json.word(tweet, "rest_id")
    post = identified(number, _account(account, "screen_name"))
    if post is None:
        return None
    note = _json.at(tweet, "note_tweet", "note_tweet_results", "result")
    longer = _json.at(plain, "extended_tweet")
    text = (
        _json.text(note, "text")
        or _json.text(longer, "full_text")
        or _json.text(plain, "full_text")
        or _json.text(plain, "text")
    )
    entities = _json.at(note, "entity_set") or _json.at(longer, "entities") or _json.at(plain, "entities")
    media = (
        _json.objects(plain, "mediaDetails")
        or _json.objects(longer, "extended_entities", "media")
        or _json.objects(plain, "extended_entities", "media")
        or _json.objects(plain, "entities", "media")
    )
    urls = _json.objects(entities, "urls")
    post = replace(
        dated(post, _json.moment(plain, "created_at")),
        text=_shown(text, [*media, *_json.objects(plain, "entities", "media")]),
        lang=_json.word(plain, "lang"),
        author_name=_account(account, "name"),
        hashtags=_words(entities, "hashtags", "text"),
        mentions=_words(entities, "user_mentions", "screen_name"),
        links=_links(urls),
        media=tuple(dict.fromkeys(m for each in media if (m := _medium(each)))),
    )
    views = _json.number(tweet, "views", "count")
    cut = (plain.get("truncated") is True and not longer) or ("note_tweet" in tweet and not _json.text(note, "text"))
    return Told(
        post,
        endpoint,
        user_id=_json.identifier(account, "id_str")
        or _json.identifier(account, "rest_id")
        or _json.identifier(plain, "user_id_str"),
        counts=tuple(sorted((*counted(plain, _COUNTS), *((("views", views),) if views is not None else ())))),
        relations=related(post, _others(tweet, plain)),
        is_truncated=cut,
        edited_at=post.posted_at if _is_edit(tweet, plain, number) else None,
    )


def _account(account: object, name: str) -> str | None:
    return _json.word(account, name) or _json.word(account, "legacy", name) or _json.word(account, "core", name)


def _others(tweet: _Object, plain: _Object) -> Iterator[tuple[str, Post | None]]:
    """The posts to which a tweet relates: those that stand in it, and those of which it tells the id."""
    for kind, key in (("quoted", "quoted_tweet"), ("quoted", "quoted_status"), ("parent", "parent")):
        yield kind, _inside(plain.get(key))
    yield "repost", _inside(plain.get("retweeted_status"))
    for holder in (tweet, plain):
        yield "quoted", _inside(_json.at(holder, "quoted_status_result", "result"))
        yield "repost", _inside(_json.at(holder, "retweeted_status_result", "result"))
    yield "quoted", identified(_json.word(plain, "quoted_status_id_str"))
    yield (
        "parent",
        identified(_json.word(plain, "in_reply_to_status_id_str"), _json.word(plain, "in_reply_to_screen_name")),
    )


def _inside(other: object) -> Post | None:
    """The identity of a tweet that stands in another."""
    other = _json.at(other, "tweet") or other
    account = _json.at(other, "user") or _json.at(other, "core", "user_results", "result")
    number = _json.word(other, "id_str") or _json.word(other, "rest_id")
    return identified(number, _account(account, "screen_name"))


def _referred(tweets: _ById, accounts: _ById, number: str | None) -> Post | None:
    author = _json.word(tweets.get(number), "author_id")
    return identified(number, _json.word(accounts.get(author) if author else None, "username"))


def _is_edit(tweet: _Object, plain: _Object, number: str | None) -> bool:
    """Whether a tweet is a later version of one: each has an id of its own, and knows those before it."""
    control = _json.at(tweet, "edit_control") or _json.at(plain, "edit_control")
    versions = _json.at(control, "edit_tweet_ids") or _json.at(control, "edit_control_initial", "edit_tweet_ids")
    return isinstance(versions, list) and number in versions[1:100]


def _shown(text: str | None, short: list[_Object]) -> str | None:
    """A text as embeds show it: entities unescaped, and for the t.co link of a picture the one that names it."""
    for each in short[:20]:
        address, shown = _json.word(each, "url"), _json.word(each, "display_url")
        if text and address and shown and shown.startswith(("pic.twitter.com/", "pic.x.com/")):
            text = text.replace(address, shown)
    return _json.unescaped(text)


def _words(entities: object, kind: str, name: str) -> tuple[str, ...]:
    found = (_json.word(each, name) for each in _json.objects(entities, kind))
    return _once(each for each in found if each)


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _links(urls: list[_Object]) -> tuple[Link, ...]:
    links = (
        Link(
            _json.word(u, "url"),
            _json.word(u, "display_url"),
            _json.word(u, "unwound_url") or _json.word(u, "expanded_url"),
        )
        for u in urls
        if not (_json.word(u, "display_url") or "").startswith(("pic.twitter.com/", "pic.x.com/"))
    )
    return tuple(dict.fromkeys(link for link in links if link.short or link.expanded))


def _medium(entity: _Object) -> Media | None:
    poster = _json.word(entity, "media_url_https") or _json.word(entity, "media_url")
    films = [v for v in _json.objects(entity, "video_info", "variants") if _json.word(v, "content_type") == "video/mp4"]
    best = max(films, key=lambda v: _json.number(v, "bitrate") or 0, default=None)
    address = _json.word(best, "url") or poster
    kind = _KINDS.get(_json.word(entity, "type") or "")
    return Media(kind, address, _json.text(entity, "ext_alt_text")) if address else None


def _attached(entity: object) -> Media | None:
    address = _json.word(entity, "url") or _json.word(entity, "preview_image_url")
    kind = _KINDS.get(_json.word(entity, "type") or "")
    return Media(kind, address, _json.text(entity, "alt_text")) if address else None
