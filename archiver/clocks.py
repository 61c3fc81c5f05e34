"""Times that the names of pictures tell."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

__all__ = ["uploaded"]

_TWITTER_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, UTC)
_FIRST_PICTURES = datetime(2011, 6, 1, tzinfo=UTC)  # when Twitter began to keep pictures itself
_LARGEST = 1 << 63
_PICTURE = re.compile(
    r"(?:https?:)?//pbs\.twimg\.com/(?:media|tweet_video_thumb)/([A-Za-z0-9_-]{15})(?![A-Za-z0-9_-])", re.ASCII
)


def uploaded(url: str) -> datetime | None:
    """The UTC millisecond in which a picture on pbs.twimg.com was uploaded, from its name; None for any other address.

    The first eight bytes of the name (base 64, big end first) are the id of the picture, a snowflake like a tweet's:
    DUQbNOTW4AEG9OT is 955918934900924417, of 2018-01-23T21:43:28Z, which its tweet follows by five minutes. The tweet
    is not older than its pictures, but may be younger, and may show pictures of others.
    """
    match = _PICTURE.match(url)
    if match is None:
        return None
    number = int.from_bytes(base64.urlsafe_b64decode(match[1] + "=")[:8], "big")
    if number >= _LARGEST:
        return None
    moment = _TWITTER_EPOCH + timedelta(milliseconds=number >> 22)
    return moment if moment >= _FIRST_PICTURES else None
