"""What heads of HTTP answers tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.sources import _http


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7),
        (" 120 ", 120),
        ("9" * 400, 999_999_999),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Mon, 01 Jan 2001 00:00:00", 0),
        *((told, None) for told in ("", "soon", "-5", "1.5", "²", "Wed, 99 Oct 2015 07:28:00 GMT")),
    ],
)
def test_a_pause_is_a_number_or_a_date(told: str, seconds: float | None) -> None:
    assert _http.retry_after(told) == seconds


def test_a_pause_told_as_a_date_counts_from_now() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < (_http.retry_after(moment) or 0) <= 60


@given(st.text() | st.from_regex(r"\w{3}, \d+ Oct \d+ \d+:\d+:\d+ [+-]\d+", fullmatch=True))
def test_a_pause_is_read_whatever_is_told(told: str) -> None:
    pause = _http.retry_after(told)
    assert pause is None or pause >= 0
