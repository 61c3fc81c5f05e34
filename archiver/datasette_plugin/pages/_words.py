"""What the archive's words mean, in sentences for readers."""

from __future__ import annotations

__all__ = ["DIFFERENCES", "FLAGS", "OUTCOMES", "PLATFORMS", "RELATIONS", "STATUSES", "TIMES", "moment", "platform"]

PLATFORMS = {
    "twitter": "Twitter / X",
    "truthsocial": "Truth Social",
    "vk": "VK",
    "youtube": "YouTube",
    "tiktok": "TikTok",
    "linkedin": "LinkedIn",
}

# What was seen, and what it does not prove.
FLAGS = {
    "date_differs": (
        "Date and id disagree",
        "The date shown is not the day that the post's id tells. One of the two was changed, mistyped or taken from "
        "another post; which of them, this does not tell.",
    ),
    "impossible_id": (
        "The id cannot be",
        "No post had this id when the page was captured. A digit may be missing; it does not prove that the post was "
        "made up.",
    ),
    "handle_differs": (
        "Link and signature name different accounts",
        "They were not made by the platform in one go. Accounts are renamed, so this does not prove fraud.",
    ),
    "newer_than_article": (
        "Younger than the article",
        "The post is more than a day younger than the article says it is, so the embed was added later. Live blogs and "
        "updated articles have such embeds.",
    ),
    "placeholder_text": (
        "A publishing system's words instead of the post",
        "Whoever made the page could not show the post, or did not ask for it. It does not prove that it was deleted.",
    ),
    "json_unattributed": (
        "Found in the page's JSON",
        "Nothing there tells to which article the post belongs: it may be told beside this one.",
    ),
}

TIMES = {
    "id_snowflake": "from the post's id, which the platform made at that moment",
    "id_lower_bound": "from the post's id: not earlier, perhaps some minutes later",
    "id_self_asserted": "from the post's id, which the author's program chose: it may be wrong",
    "embed_datetime": "from the embed's code, which tells the moment with its zone",
    "embed_text_utc_day": "the day that the embed prints, in UTC",
    "embed_text_local": "the day that the embed prints, in a time zone not told: up to a day off",
    "platform_answer": "from an answer of the platform itself",
}

# What the platform's answers come to, and what that does not tell.
STATUSES = {
    "there": "The platform showed it when it was last asked.",
    "gone": "Two answers at least a day apart said that there is no such post. Who took it away, the author or the "
    "platform, they do not tell; some posts come back.",
    "probably gone": "An answer said that there is no such post; a second one, a day later, has yet to say so too.",
    "restricted": "It is not shown to strangers: the account is protected, or the post is for adults. It is not gone.",
    "suspended": "The account is suspended, and nothing of it is shown. The post may come back with it.",
    "unknown": "The answer was understood as nothing of these. A stand-in for a post may only mean its age limit.",
}

OUTCOMES = {
    "there": "There",
    "gone": "Not found",
    "restricted": "Not shown to strangers",
    "suspended": "Account suspended",
    "unknown": "No clear answer",
    "error": "No answer, which is no verdict",
}

DIFFERENCES = {
    "same": "the main text",
    "spacing or quotes": "only spacing, case or quote marks differ",
    "links or media": "only links differ",
    "truncated": "one of the two is cut short",
    "translated": "a translation",
    "different": "the words differ: edited, or misquoted",
}

RELATIONS = {
    ("quoted", True): "quotes",
    ("quoted", False): "quoted by",
    ("parent", True): "is an answer to",
    ("parent", False): "answered by",
    ("repost", True): "is a repost of",
    ("repost", False): "reposted by",
}


def platform(name: str) -> str:
    """A platform's name as its users write it."""
    return PLATFORMS.get(name, name.title())


def moment(stamp: str | None, precision: str | None = None) -> str:
    """A stored time for readers: a day where only the day is known, otherwise to the second, UTC; "" for none."""
    if not stamp:
        return ""
    return stamp[:10] if precision == "day" else f"{stamp[:10]} {stamp[11:19]} UTC"
