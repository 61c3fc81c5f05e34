from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import moments
from archiver.moments import Moment

NOON = datetime(2020, 5, 1, 12, tzinfo=UTC)
DAY = datetime(2020, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2020-05-01T12:00:00Z",
            "2020-05-01t12:00:00z",
            "2020-05-01T12:00Z",
            "20200501T120000Z",
            "2020-05-01 12:00 UTC",
        ),
        *("2020-05-01T14:00:00+02:00", "2020-05-01 07:00:00 -0500", "2020-05-01T14:00+02", "2020-5-1 12:00:00+00:00"),
        *("2020-05-01T12:00:00.000+0000", "2020-05-01T12:00:00,0Z", "2020-05-01T14:00:00+02:00[Europe/Berlin]"),
        *("2020/05/01 12:00:00 GMT", "  2020-05-01T12:00:00Z\n", "1588334400", "1588334400000"),
        *("Fri, 01 May 2020 12:00:00 GMT", "1 May 2020 14:00 +0200", "Fri, May 1 2020 12:00:00 +0000"),
        *(
            "Fri May 01 2020 14:00:00 GMT+0200 (CEST)",
            "Fri May 01 12:00:00 UTC 2020",
            "Fri May 01 14:00:00 GMT+02:00 2020",
        ),
    ],
)
def test_a_time_with_a_zone_is_that_moment_in_utc(text: str) -> None:
    assert moments.read(text) == Moment(NOON)


@pytest.mark.parametrize(
    "text",
    [
        *("2020-05-01", "20200501", "2020/05/01", "2020-05-01Z", "2020-05-01+02:00", "2020-05-01T12:00:00", "2020-5-1"),
        *("2020-05-01 12:00 pm", "2020-05-01T24:00:00Z", "Fri May 01 12:00:00 CEST 2020", "Fri, 01 May 2020 12:00:00"),
        "Fri, 01 May 2020 12:00:00 CET",
    ],
)
def test_a_time_without_a_zone_is_told_as_its_day(text: str) -> None:
    assert moments.read(text) == Moment(DAY, is_day=True)


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "2020", "2020-05", "202005", "2020-13-01", "2020-02-30", "2020-05-01-story", "2020-05/01"),
        *("1989-12-31T23:00:00Z", "2101-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0000-00-00"),
        *("99999999999", "0000000000", "9999999999999", "2020-05-01T12:61:00Z", "1 Foo 2020 12:00 GMT", "٢٠٢٠-٠٥-٠١"),
        *("2020111", "01.05.2020", "05/01/2020", "May 1, 2020"),
    ],
)
def test_what_is_no_time_or_not_clear_is_none(text: str) -> None:
    assert moments.read(text) is None


@given(
    st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30)),  # noqa: DTZ001
    st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_iso_8601_reads_back(moment: datetime, zone: timezone) -> None:
    moment = moment.replace(tzinfo=UTC)
    assert moments.read(moment.astimezone(zone).isoformat()) == Moment(moment)


@given(st.text() | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(Z|[+-][0-9]{4})"))
def test_no_text_makes_reading_raise(text: str) -> None:
    moments.read(text)


def test_a_moment_is_on_a_day_somewhere_on_earth() -> None:
    day = Moment(DAY, is_day=True)
    assert Moment(DAY - timedelta(hours=14)).may_be_on(day)
    assert Moment(DAY + timedelta(hours=35)).may_be_on(day)
    assert not Moment(DAY - timedelta(hours=15)).may_be_on(day)
    assert not Moment(DAY + timedelta(hours=36)).may_be_on(day)
