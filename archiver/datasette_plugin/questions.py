"""The questions that the explorer answers, and their SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

__all__ = ["GROUPS", "QUESTIONS", "Group", "Question", "part", "size", "sql"]

_QUESTION = re.compile(r"\{(\w+)\}")
_PART = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question by the name of its file in db/answers/, and the arguments of `archiver analyze` that ask the same.

    `articles`: the filter's dates and languages are those of articles, not of posts. `over_time`: the periods, and
    `pairs`: the least number of posts of a pair, where such can be chosen. `two_periods`: two are compared.
    """

    name: str
    title: str
    command: str
    articles: bool = False
    over_time: str | None = None
    pairs: int | None = None
    two_periods: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Questions about one thing."""

    title: str
    questions: tuple[Question, ...]


GROUPS = (
    Group(
        "Hashtags",
        (
            Question("hashtags", "Hashtags of most posts", "hashtags"),
            Question("hashtags_over_time", "Hashtags over time", "hashtags --table time", over_time="month"),
            Question("hashtags_rising_and_falling", "Hashtags rising and falling", "hashtags", two_periods=True),
            Question("hashtags_together", "Hashtags that posts have together", "cooccurrence", pairs=2),
        ),
    ),
    Group(
        "Accounts and outlets",
        (
            Question("authors", "Accounts of most embedded posts", "authors"),
            Question("authors_concentration", "How posts are spread over accounts", "authors --table concentration"),
            Question("outlets", "Outlets that embed most posts", "outlets"),
            Question("outlets_concentration", "How posts are spread over outlets", "outlets --table concentration"),
            Question("who_embeds_whom", "Who embeds whom", "outlets --table whom"),
            Question("overlap_of_outlets", "Outlets that embed the same posts", "outlets --table overlap"),
            Question("reach", "How many outlets share a post", "outlets --table reach"),
            Question("farthest_posts", "Posts of most outlets", "outlets --table farthest"),
            Question("first_to_embed", "Outlets that embed a post first", "outlets --table first"),
        ),
    ),
    Group(
        "Time",
        (
            Question("lag", "Time from post to article", "lag --table summary"),
            Question("lag_histogram", "How long after the post the article came", "lag --table histogram"),
            Question("reuse", "How long posts are used again", "lag --table reuse"),
        ),
    ),
    Group(
        "Articles with embeds",
        (
            Question(
                "articles_with_embeds_by_outlet",
                "Articles with embeds by outlet",
                "embeds --table outlets",
                articles=True,
            ),
            Question(
                "articles_with_embeds_by_period",
                "Articles with embeds over time",
                "embeds --table time",
                articles=True,
                over_time="month",
            ),
            Question(
                "articles_with_embeds_by_section",
                "Articles with embeds by section",
                "embeds --table sections",
                articles=True,
            ),
            Question(
                "articles_with_embeds_by_platform",
                "Articles with embeds by platform",
                "embeds --table platforms",
                articles=True,
            ),
            Question(
                "forms_over_time", "Forms of embeds over time", "embeds --table forms", articles=True, over_time="year"
            ),
        ),
    ),
    Group(
        "What pages show, and how it is known",
        (
            Question("variants", "How wordings of one post differ", "variants --table differences"),
            Question("wordings", "Posts shown in several wordings", "variants --table wordings"),
            Question("suspects", "What is odd about embeds", "suspect --table flags"),
            Question("suspect_embeds", "Embeds with something odd", "suspect --table embeds"),
            Question("how_posts_are_known", "How posts are known", "sources"),
        ),
    ),
    Group(
        "Posts that are not embedded",
        (
            Question("mentions", "Articles that speak of posts", "mentions --table platforms", articles=True),
            Question("sentences", "Sentences that speak of posts", "mentions --table sentences", articles=True),
            Question("unresolved", "Posts shown with a handle and no id", "unresolved"),
            Question("quotations_in_prose", "Quotations in prose", "unresolved", articles=True),
        ),
    ),
)
QUESTIONS = {question.name: question for group in GROUPS for question in group.questions}


@cache
def sql(name: str) -> tuple[str, str]:
    """What a question's answer is, in words, and the statement that gives it."""
    lines = _file("answers", f"{name}.sql").splitlines()
    words = " ".join(line.removeprefix("-- ") for line in lines if line.startswith("--"))
    statement = "\n".join(line for line in lines if not line.startswith("--"))
    return words, _QUESTION.sub(lambda found: f"\n{_file('questions', f'{found[1]}.sql')}\n", statement)


@cache
def part(name: str) -> str:
    """A part of db/chosen.sql."""
    _, *told = _PART.split(_file("chosen.sql"))
    return dict(zip(told[::2], map(str.strip, told[1::2]), strict=True))[name]


def _file(*path: str) -> str:
    return _folder().joinpath(*path).read_text(encoding="utf-8")


@cache
def _folder() -> Traversable:
    packaged = files("archiver") / "db"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "db"


def size() -> str:
    """The statement that tells how much is chosen."""
    return _file("questions", "sizes.sql")
