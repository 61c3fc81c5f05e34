"""What an endpoint's answer says of a post, never more."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from archiver.told import Answer

__all__ = ["Heard", "Verdict", "of_instance", "of_meta", "of_oembed", "of_status", "of_syndication", "of_thread"]
__all__ += ["of_tweet"]

_MISSING = frozenset((404, 410))
_FORBIDDEN = frozenset((401, 403))
_OK = 200
_LONGEST = 300  # characters of the platform's words
# Codes of Meta's Graph API that speak of us, not of the post: errors of theirs, limits, tokens and permissions.
_ABOUT_US = frozenset((1, 2, 4, 10, 17, 32, 102, 104, 190, 200, 341, 368, 613))


class Verdict(NamedTuple):
    """An outcome, and the platform's words."""

    outcome: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer: its HTTP status, what it holds as text, whether that is a page, and what is read of it.

    `is_same`: it tells of the very post that was asked about. `is_copy`: what was asked about is an instance's copy of
    a post written elsewhere.
    """

    status: int
    text: str
    is_page: bool
    answer: Answer | None
    is_same: bool
    is_copy: bool = False

    @property
    def value(self) -> object:
        """The JSON that it is; None where it is none."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None

    @property
    def words(self) -> str | None:
        """What the answer says in words, on one line; None where it says nothing."""
        note = self.answer.note if self.answer else None
        told = note or _message(self.value) or ("" if self.is_page else self.text)
        return " ".join(told[: _LONGEST * 2].split())[:_LONGEST] or None


def of_syndication(heard: Heard) -> Verdict:
    """Twitter's syndication, which leaves out posts that are there too: it can only show one.

    A tombstone stands for adult content, for a protected, suspended or withheld account, or for nothing any more, in
    the words of some language: oEmbed has to decide.
    """
    return _shown(heard) or Verdict("unknown", heard.words)


def of_tweet(heard: Heard) -> Verdict:
    """Twitter's oEmbed: 404 is gone (a page, too), 403 protected or adult, or a suspended account, as its words say."""
    if shown := _shown(heard):
        return shown
    if heard.status in _MISSING:
        return Verdict("gone", heard.words)
    if heard.status == 403 and "not authorized" in heard.text.lower():
        return Verdict("restricted", heard.words)
    if heard.status == 403 and _message(heard.value):  # other bodies may be some wall's before the endpoint
        return Verdict("suspended", heard.words)
    return Verdict("unknown", heard.words)


def of_thread(heard: Heard) -> Verdict:
    """Bluesky's thread of a post: not found, or blocked, is said in so many words."""
    if shown := _shown(heard):
        return shown
    value = heard.value
    if _is_named(value, "#notFoundPost") or (heard.status == 400 and _error(value) == "NotFound"):
        return Verdict("gone", heard.words)
    if _is_named(value, "#blockedPost"):
        return Verdict("restricted", heard.words)
    return Verdict("unknown", heard.words)


def of_status(heard: Heard) -> Verdict:
    """A Mastodon instance's status: 404 also where an instance shows nothing to strangers, so oEmbed has to decide."""
    if shown := _shown(heard):
        return shown
    is_walled = heard.status in _FORBIDDEN and not heard.is_page
    return Verdict("restricted" if is_walled else "unknown", heard.words)


def of_instance(heard: Heard) -> Verdict:
    """A Mastodon instance's oEmbed: 404 with its own JSON is gone, unless it only had a copy, which it may drop."""
    if shown := _shown(heard):
        return shown
    if heard.status in _MISSING and _error(heard.value) is not None:
        return Verdict("unknown" if heard.is_copy else "gone", heard.words)
    return of_status(heard)


def of_oembed(heard: Heard) -> Verdict:
    """oEmbed as most have it: 404 and 410 are gone, 401 and 403 restricted, unless a page says so: it may be a wall."""
    if shown := _shown(heard):
        return shown
    if heard.status in _MISSING:
        return Verdict("gone", heard.words)
    if heard.status in _FORBIDDEN and not heard.is_page:
        return Verdict("restricted", heard.words)
    return Verdict("unknown", heard.words)


def of_meta(heard: Heard) -> Verdict:
    """Meta's oEmbed, which says the same of deleted, private and adult posts: never gone."""
    if shown := _shown(heard):
        return shown
    told = heard.value.get("error") if isinstance(heard.value, dict) else None
    code = told.get("code") if isinstance(told, dict) else None
    if code in _ABOUT_US or heard.status in _FORBIDDEN:
        return Verdict("error", heard.words)
    return Verdict("unknown", heard.words)


def _shown(heard: Heard) -> Verdict | None:
    """That the post is there, where the answer tells of it; None where another has to be judged."""
    return Verdict("there") if heard.status == _OK and heard.is_same else None


def _error(value: object) -> str | None:
    told = value.get("error") if isinstance(value, dict) else None
    return told if isinstance(told, str) else None


def _is_named(value: object, kind: str) -> bool:
    thread = value.get("thread") if isinstance(value, dict) else None
    told = thread.get("$type") if isinstance(thread, dict) else None
    return isinstance(told, str) and told.endswith(kind)


def _message(value: object) -> str | None:
    """What an answer in JSON says of itself."""
    if not isinstance(value, dict):
        return None
    for name in ("message", "error", "status_msg", "reason", "errors"):
        told = value.get(name)
        told = told[0] if isinstance(told, list) and told else told
        told = told.get("message") if isinstance(told, dict) else told
        if isinstance(told, str) and told.strip():
            return told
    return None
