"""What a manifest proves, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archiver.cli import _common
from archiver.evidence.stamps import Stamp
from archiver.model import utc

__all__ = ["NOT_PROVEN", "times"]

NOT_PROVEN = (
    "Not proven: that a post was real, that it said this on its platform, or that who is named wrote it. A page can "
    "show anything; what is proven is which bytes were kept, and since when."
)


def times(stamps: Sequence[Stamp], created_at: object, *, is_whole: bool) -> Iterator[str]:
    """Since when the records exist, as far as that is proven, a line each; unless `is_whole`, only of the statement."""
    what = "these bytes" if is_whole else "the statement (not the records that are not as they were)"
    for each in stamps:
        by = _common.printable(each.authority)
        if each.wrong:
            continue
        at = utc(each.at) if each.at else "an unknown time"
        if each.is_sure:
            yield f"Proven: {what} existed by {at}, and are unchanged since; so says {by}."
        else:
            yield (
                f"Claimed, not checked: {by} stamped {what} at {at}. "
                "Give the certificate of the authority with --ca to check its signature."
            )
    if not any(each.is_sure for each in stamps):
        told = _common.printable(str(created_at))
        yield f"Not proven: since when these bytes exist. The file says {told}, which its writer could choose."
