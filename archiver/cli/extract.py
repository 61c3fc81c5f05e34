"""`archiver extract`: the posts in articles as JSON lines."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from archiver import pipeline
from archiver.cli import _common, _targets
from archiver.model import Archived, Embed, Failed, utc
from archiver.sources import Settings

__all__ = ["command", "line"]

_EPILOG = """\b
Examples:
  archiver extract article.html
  archiver extract saved/ | jq -r .permalink
  curl -s https://example.com/story | archiver extract -

Exit codes: 0 all read, 1 some targets failed, 2 wrong usage.
"""


@click.command("extract", epilog=_EPILOG)
@_targets.targets
@_targets.following
@_targets.fetching
@_targets.jobs
def command(settings: Settings, targets: tuple[str, ...], lists: tuple[str, ...], jobs: int) -> None:
    """Print the posts embedded in articles, one JSON object a line; store nothing.

    The readers are those of `archiver archive`. What a page does not tell is null. Errors go to standard error.
    """
    _targets.check(targets, lists)
    failures = 0
    for outcome in pipeline.extract(targets, settings, lists, jobs):
        if isinstance(outcome, Failed):
            failures += 1
            _common.report_failure(outcome)
        elif isinstance(outcome, Archived):
            for embed in outcome.page.embeds:
                _common.put(_common.as_json(line(outcome, embed)))
    sys.exit(_common.exit_code(failures))


def line(archived: Archived, embed: Embed) -> dict[str, object]:
    """What is printed for an embed; the keys are a contract that other programs rely on."""
    post = embed.post
    return {
        "target": archived.target,
        "page_url": archived.page.url,
        "position": embed.position,
        "shape": embed.shape,
        "platform": post.platform,
        "platform_id": post.platform_id,
        "permalink": post.permalink,
        "handle": post.handle,
        "author_name": post.author_name,
        "text": post.text,
        "lang": post.lang,
        "date_shown": post.date_shown,
        "posted_at": utc(post.posted_at) if post.posted_at else None,
        "time_source": post.time_source,
        "hashtags": list(post.hashtags),
        "mentions": list(post.mentions),
        "links": [asdict(link) for link in post.links],
        "media": [asdict(media) for media in post.media],
        "context_before": embed.context_before,
        "context_after": embed.context_after,
        "heading": embed.heading,
        "flags": list(embed.flags),
    }
