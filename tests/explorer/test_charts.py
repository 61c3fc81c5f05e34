from __future__ import annotations

import calendar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.datasette_plugin import charts
from tests.explorer.sites import Site, archived, tweet
from tests.pages import capture

MONTHS = st.builds("{:04}-{:02}".format, st.integers(1990, 2030), st.integers(1, 12))


def test_gaps_are_filled_and_bars_stand_in_order() -> None:
    chart = charts.over_time([("2018-02", 2), ("2017-11", 4)], "Posts")
    assert chart is not None
    assert [(bar.period, bar.number) for bar in chart.bars] == [
        ("2017-11", 4),
        ("2017-12", 0),
        ("2018-01", 0),
        ("2018-02", 2),
    ]
    assert chart.peak.label == "November 2017"
    assert chart.description == "6 posts by month, November 2017 to February 2018; most in November 2017: 4."


@given(st.dictionaries(MONTHS, st.integers(0, 10**9), max_size=60))
def test_no_number_is_lost_and_no_bar_leaves_the_chart(counts: dict[str, int]) -> None:
    chart = charts.over_time(counts.items(), "Posts")
    if chart is None:
        assert len({month[:4] for month in counts}) < 2
        assert len(counts) < 2
        return
    assert sum(bar.number for bar in chart.bars) == sum(counts.values())
    assert len(chart.bars) <= 240
    for bar in chart.bars:
        assert 0 <= bar.x <= 100
        assert bar.x + bar.width <= 100.01
        assert bar.height >= 0
        assert abs(bar.y + bar.height - chart.baseline) < 0.2
        assert bar.y >= 30
    heights = sorted((bar.number, bar.height) for bar in chart.bars)
    assert [height for _, height in heights] == sorted(height for _, height in heights)


def test_many_months_become_years() -> None:
    chart = charts.over_time([("1990-05", 1), ("2016-03", 2), ("2016-04", 3)], "Posts")
    assert chart is not None
    assert [bar.period for bar in chart.bars] == [str(year) for year in range(1990, 2017)]
    assert chart.bars[-1].number == 5


def test_days_of_a_month_are_bars_of_their_own() -> None:
    chart = charts.over_time([("2017-10-15", 1), ("2017-10-17", 2)], "Posts", href=lambda day: f"?_day={day}")
    assert chart is not None
    assert [(bar.label, bar.href) for bar in chart.bars] == [
        ("15 October 2017", "?_day=2017-10-15"),
        ("16 October 2017", None),
        ("17 October 2017", "?_day=2017-10-17"),
    ]


@pytest.mark.parametrize(
    "counts",
    [
        [],
        [("2017-10", 3)],
        [("2017-10", 3), ("2017", 4)],
        [("<script>", 3), ("2017-13", 4)],
        [("2017-10", -3), ("2017-11", float("nan"))],
        [("2017-10", float("inf"))],
        [("2017-02-31", 1), ("2017-02-30", 1)],
    ],
)
def test_what_is_no_series_is_no_chart(counts: list[tuple[str, float]]) -> None:
    assert charts.over_time(counts, "Posts") is None


@pytest.mark.parametrize("ends", [("0000", "9999"), ("0001-01", "9999-12"), ("0001-01-01", "9999-12-31")])
def test_absurd_spans_end_soon_and_draw_nothing(ends: tuple[str, str]) -> None:
    assert charts.over_time([(end, 1) for end in ends], "Posts") is None


def test_all_zeros_are_drawn_without_lines() -> None:
    chart = charts.over_time([("2017", 0), ("2018", 0)], "Posts")
    assert chart is not None
    assert chart.lines == ()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Posts of several months: their ids tell the time."""
    tweets = []
    for year, month, n in ((2017, 10, 2), (2018, 1, 3), (2018, 3, 1)):
        for day in range(1, n + 1):
            milliseconds = calendar.timegm((year, month, day, 12, 0, 0)) * 1000
            tweets.append(tweet(f"Of #Otters on {year} {month} {day}", (milliseconds - 1288834974657) << 22))
    html = "<title>Many</title>" + "".join(f"<p>Some words come first, each time.</p>{code}" for code in tweets)
    file = tmp_path_factory.mktemp("charts") / "archive.db"
    return archived(file, [capture(html, url="https://gazette.example.com/many")])


def drawn(site: Site, path: str) -> dict[str, int]:
    """The numbers of a page's chart, as its table tells them."""
    rows = [[cell.text() for cell in row.css("td")] for row in site.page(path).css("figure.chart details tbody tr")]
    return {label: int(number) for label, number in rows}


@pytest.mark.parametrize("path", ["/", "/-/hashtag/otters", "/-/author/twitter/ann_lee", "/archive/posts"])
def test_the_numbers_of_a_chart_are_those_of_the_rows(site: Site, path: str) -> None:
    sql = "select substr(posted_at, 1, 7), count(*) from posts where n_embeds group by 1"
    assert drawn(site, path) == {charts.words(month): n for month, n in site.sql(sql)}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("_hashtag=otters", {"October 2017": 2, "January 2018": 3, "March 2018": 1}),
        ("_hashtag=otters&_in=context", {}),
        ("_outlet=example.com&posted_year=2018", {"January 2018": 3, "March 2018": 1}),
        ("author_id=1", {"October 2017": 2, "January 2018": 3, "March 2018": 1}),
        ("_search=2018", {"January 2018": 3, "March 2018": 1}),
        ("posted_month=2018-01", {"1 January 2018": 1, "2 January 2018": 1, "3 January 2018": 1}),
        ("platform=youtube", {}),
    ],
)
def test_a_chart_follows_the_filters(site: Site, query: str, told: dict[str, int]) -> None:
    assert drawn(site, f"/archive/posts?{query}") == told


def test_a_bar_leads_to_as_many_rows_as_it_says(site: Site) -> None:
    for path in ("/", "/-/hashtag/otters", "/archive/posts?_search=of", "/archive/posts?posted_month=2018-01"):
        for bar in site.page(path).css("svg.bars a"):
            href = bar.attributes["href"] or ""
            number = int((bar.attributes["aria-label"] or "").rpartition(": ")[2].split()[0])
            rows = site.get(href.replace("/posts?", "/posts.json?_shape=array&"))[0].json()
            assert len(rows) == number, href


def test_a_query_of_months_and_numbers_is_charted(site: Site) -> None:
    assert drawn(site, "/archive/hashtag_by_month?hashtag=otters") == {
        "October 2017": 2,
        "January 2018": 3,
        "March 2018": 1,
    }
    assert drawn(site, "/archive/hashtags_together?hashtag=otters") == {}
    assert drawn(site, "/archive?sql=select+'2017-01',2+union+select+'2017-02',3") == {
        "January 2017": 2,
        "February 2017": 3,
    }
    assert drawn(site, "/archive?sql=select+'2017-01','x'+union+select+'2017-02',3") == {}


def test_a_chart_has_a_name_a_description_and_a_table(site: Site) -> None:
    page = site.page("/")
    svg = page.css_first("svg.bars")
    for reference in ("aria-labelledby", "aria-describedby"):
        assert page.css_first(f"#{svg.attributes[reference]}").text()
    assert page.css_first("figure.chart th[scope=col]") is not None
