"""Ids that carry a clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from archiver import clocks

__all__ = ["bluesky", "instagram", "is_no_tweet", "linkedin", "mastodon", "tiktok", "twitter"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SEQUENTIAL = 29_700_859_247  # of 2010-11-04T21:02:48Z
_FIRST_SNOWFLAKE = 291_895_636_918_272  # smaller ids are sequential, or impossible; shifting them yields nonsense
_LARGEST = 1 << 63
_TOO_LATE = 4_133_980_800_000_000  # microseconds from 1970 to 2101


def twitter(platform_id: str) -> datetime | None:
    """The UTC millisecond in which a tweet's id was made; None for an id from before November 2010 or no id at all.

    Source: Twitter's snowflake (41 bits of milliseconds since 2010-11-04T01:42:54.657Z above 22 bits of machine and
    sequence).
    """
    if not (platform_id.isascii() and platform_id.isdigit()) or len(platform_id) > 19:
        return None
    number = int(platform_id)
    if not _FIRST_SNOWFLAKE <= number < _LARGEST:
        return None
    return clocks.snowflake(number)


def is_no_tweet(platform_id: str) -> bool:
    """Whether a number is no tweet's id: above the last sequential one and below the first snowflake, or too large.

    Source: the last id before snowflakes in twitwi's constants.py and in the data of oduwsdl/tweetedat.
    """
    if not (platform_id.isascii() and platform_id.isdigit()) or len(platform_id) > 19:
        return False
    return _LAST_SEQUENTIAL < int(platform_id) < _FIRST_SNOWFLAKE or int(platform_id) >= _LARGEST


def mastodon(platform_id: str) -> datetime | None:
    """The UTC millisecond in a status id of Mastodon or its kin; None for no such id, or one before 2016 or past 2100.

    Source: mastodon's lib/mastodon/snowflake.rb (milliseconds since 1970 above 16 bits of sequence). On the instance
    where the post was written it is when it was stored; on any other it is what the author's instance claims.
    """
    return _dated((_number(platform_id) >> 16) * 1000, 2016)


def bluesky(rkey: str) -> datetime | None:
    """The UTC microsecond in a record key of Bluesky; None for another kind of key, or one before 2022 or past 2100.

    Source: atproto.com/specs/tid (53 bits of microseconds since 1970 above 10 bits of clock id, in base 32). The
    author's client chooses it and may choose any.
    """
    if not _TID.fullmatch(rkey):
        return None
    number = 0
    for char in rkey:
        number = number * 32 + _TID_DIGITS.index(char)
    return _dated(number >> 10, 2022)


def linkedin(platform_id: str) -> datetime | None:
    """The UTC millisecond in the id of a LinkedIn activity, share or ugcPost; None for an id that holds no such time.

    Source: unfurl's parse_linkedin.py (milliseconds since 1970 above 22 bits).
    """
    return _dated((_number(platform_id) >> 22) * 1000, 2003)


def instagram(shortcode: str) -> datetime | None:
    """The UTC millisecond in the shortcode of an Instagram or Threads post; None for an older kind of code.

    Source: yt-dlp's instagram.py (base 64 of 41 bits of milliseconds since 2011-08-24T21:07:01.721Z above 23 bits of
    shard and sequence; a code of a private account has 28 more characters). The id is made when the upload begins: the
    post is not older, but may be minutes younger.
    """
    code = shortcode[:-_ACCESS] if len(shortcode) > _ACCESS else shortcode
    if not _SHORTCODE.fullmatch(code):
        return None
    number = 0
    for char in code:
        number = number * 64 + _SHORTCODE_DIGITS.index(char)
    if not _FIRST_INSTAGRAM <= number < _LARGEST:
        return None
    return _dated(((number >> 23) + _INSTAGRAM_EPOCH_MS) * 1000, 2011)


def tiktok(platform_id: str) -> datetime | None:
    """The UTC second in the id of a TikTok; None for an id that holds no such time, or one before September 2016.

    Source: arXiv 2504.13279 (seconds since 1970 above 32 bits); of 7 videos it lies 3 to 37 seconds before the time
    that TikTok tells.
    """
    seconds = _number(platform_id) >> 32
    return _dated(seconds * 1_000_000, 2016) if seconds >= _FIRST_TIKTOK else None


_INSTAGRAM_EPOCH_MS = 1314220021721
_FIRST_INSTAGRAM = 1 << 40  # smaller ids are sequential: the scheme passed this one two minutes after its epoch
_SHORTCODE_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_SHORTCODE = re.compile("[A-Za-z0-9_-]{1,11}")
_ACCESS = 28  # characters that open a private post
_FIRST_TIKTOK = 1_472_688_000  # 2016-09-01, the month in which Douyin opened
_TID_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_TID = re.compile("[234567a-j][2-7a-z]{12}")


def _number(platform_id: str) -> int:
    """The id as a number; 0, which is too early for any platform, where it is none of at most 63 bits."""
    if not (platform_id.isascii() and platform_id.isdigit()) or len(platform_id) > 19:
        return 0
    number = int(platform_id)
    return number if number < _LARGEST else 0


def _dated(micros: int, opened: int) -> datetime | None:
    """The moment so many microseconds after 1970; None before the year in which a platform opened, and after 2100."""
    if micros >= _TOO_LATE:
        return None
    moment = _EPOCH + timedelta(microseconds=micros)
    return moment if moment.year >= opened else None
