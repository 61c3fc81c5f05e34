"""What the archive's words mean, for readers."""

from __future__ import annotations

from urllib.parse import unquote

from archiver.exports import _letters

__all__ = ["after", "author", "before", "day", "how", "moment", "page", "platform"]

_PLATFORMS = {
    "twitter": "Twitter / X",
    "truthsocial": "Truth Social",
    "vk": "VK",
    "youtube": "YouTube",
    "tiktok": "TikTok",
    "linkedin": "LinkedIn",
}

_TIMES = {
    "id_snowflake": "from the post's id, which the platform made at that moment",
    "id_lower_bound": "from the post's id: not earlier, perhaps some minutes later",
    "id_self_asserted": "from the post's id, which the author's program chose: it may be wrong",
    "embed_datetime": "from the embed's code, which tells the moment with its zone",
    "embed_text_utc_day": "the day that the embed prints, in UTC",
    "embed_text_local": "the day that the embed prints, in a time zone not told: up to a day off",
    "platform_answer": "from an answer of the platform itself",
}

_MONTHS = "January February March April May June July August September October November December".split()
_LENGTHS = {"minute": 16}


def author(name: str | None, handle: str | None) -> str:
    """Who wrote a post, in one line."""
    told = [_letters.line(name or ""), f"@{_letters.line(handle)}" if handle else ""]
    return " ".join(filter(None, told)) or "Unknown author"


def how(time_source: str | None) -> str:
    """How a time is known; "" for none."""
    return _TIMES.get(time_source, time_source) if time_source else ""


def platform(name: str) -> str:
    """A platform's name as its users write it."""
    return _PLATFORMS.get(name) or _letters.line(name).title()


def before(context: str | None) -> str:
    """The paragraph right before an embed."""
    return (context or "").strip().rpartition("\n\n")[2]


def after(context: str | None) -> str:
    """The paragraph right after an embed."""
    return (context or "").strip().partition("\n\n")[0]


def day(stamp: str | None) -> tuple[int, int, int] | None:
    """Year, month and day of a stored time."""
    return (int(stamp[:4]), int(stamp[5:7]), int(stamp[8:10])) if stamp else None


def moment(stamp: str | None, precision: str | None) -> str:
    """A stored time, as fine as it is known: `15 October 2017, 20:21:40 UTC`; "" for none."""
    told = day(stamp)
    if stamp is None or told is None:
        return ""
    year, month, number = told
    date = f"{number} {_MONTHS[month - 1]} {year}"
    return date if precision in (None, "day") else f"{date}, {stamp[11 : _LENGTHS.get(precision, 19)]} UTC"


def page(url: str) -> str:
    """A page's URL for readers; of a saved file only its name, for folders tell of the computer that they are on."""
    if url.startswith("file:"):
        return _letters.line(unquote(url.rpartition("/")[2])) or "a saved file"
    return "standard input" if url.startswith("ni:") else _letters.line(url)
