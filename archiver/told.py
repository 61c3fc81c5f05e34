"""The nouns of platforms' own answers about their posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archiver.model import Capture, Post

__all__ = ["TIME_SOURCE", "Answer", "Answered", "Imported", "Relation", "Told"]

TIME_SOURCE = "platform_answer"  # of a time that an answer tells, where no id of the platform's own tells a finer one


@dataclass(frozen=True, slots=True)
class Relation:
    """What a post has to do with another: it has `quoted` it, is an answer to it (`parent`), or a `repost` of it.

    Of the other post often no more is told than its id.
    """

    kind: str
    post: Post


@dataclass(frozen=True, slots=True)
class Told:
    """What one answer of a platform tells of one post. Whatever it does not tell is None, or ().

    `endpoint` says what was asked (docs/glossary.md lists the words). `post` has the whole text with entities
    unescaped, and the names of links and media; `time_source` is `platform_answer` where the answer tells a better time
    than the id. `user_id` is the platform's own id of the author, which stays when the handle changes. `counts` are
    (word, number) at the time of the answer: likes, replies, reposts, quotes, views, bookmarks, shares, score.
    `also` are the post's other identities, by which pages may embed it: on Bluesky by handle instead of DID, on
    Mastodon by its own instance. `is_truncated` says that the platform has more text than it told here.
    """

    post: Post
    endpoint: str
    user_id: str | None = None
    counts: tuple[tuple[str, int], ...] = ()
    relations: tuple[Relation, ...] = ()
    also: tuple[Post, ...] = ()
    is_truncated: bool = False
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question to a platform. No outcome is a verdict on a post.

    `outcome` is `told` (some post is told of), `tombstone` (something stands in a post's place, its words in `note`),
    `nothing` (a well-formed answer without any post), `refused` (an HTTP status of 400 or more) or `unreadable`.
    """

    endpoint: str
    outcome: str
    told: tuple[Told, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A target that was a platform's answer and no page."""

    target: str
    capture: Capture
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """A record of a dataset that tells of posts, which are posts of the archive whether a page embeds them or not.

    `at` is when the dataset says that it got the record; None where it does not.
    """

    target: str
    capture: Capture
    told: tuple[Told, ...]
    at: datetime | None = None
