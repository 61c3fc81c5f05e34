from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.analysis import Answer, Picture, plot
from archiver.analysis.hashtags import Change, TagInPeriod

SVG = "{http://www.w3.org/2000/svg}"
TAG_OF = Picture(("hashtag",), "z")
OVER_TIME = Picture(("period",), "n_posts", "month", ("hashtag",))


def change(tag: str, z: float) -> Change:
    return Change(tag, 1, 2, 0.1, 0.2, z / 2, z)


def answer(*rows: object, picture: Picture | None) -> Answer[object]:
    return Answer("name", "A <title>", object, rows, "all", "4 posts", "no span", picture=picture)


def bars(told: Answer[object]) -> list[ElementTree.Element]:
    return [e for e in _parsed(told).iter(f"{SVG}rect") if e.get("class")]


def texts(told: Answer[object]) -> list[str]:
    return [e.text or "" for e in _parsed(told).iter(f"{SVG}text")]


def test_bars_are_as_long_as_their_values_and_point_the_way_of_their_sign() -> None:
    told = answer(change("Up", 4), change("Half", 2), change("Down", -4), picture=TAG_OF)
    up, half, down = bars(told)
    width = float(up.attrib["width"])
    assert float(half.attrib["width"]) == pytest.approx(width / 2, abs=0.2)
    assert float(down.attrib["width"]) == pytest.approx(width, abs=0.2)
    assert float(down.attrib["x"]) + float(down.attrib["width"]) == pytest.approx(float(up.attrib["x"]), abs=0.2)
    assert (up.get("class"), down.get("class")) == ("bar", "minus")
    assert {"A <title>", "Up", "Down", "4", "-4", "no span"} <= set(texts(told))


def test_bars_over_time_stand_in_one_panel_a_series_with_the_empty_months_between() -> None:
    rows = [("2017-10", "A", 4), ("2018-01", "A", 2), ("2017-10", "B", 1)]
    told = answer(*(TagInPeriod(period, tag, n, n, 0.1) for period, tag, n in rows), picture=OVER_TIME)
    first, last, other = bars(told)
    assert float(first.attrib["height"]) == pytest.approx(2 * float(last.attrib["height"]), abs=0.2)
    assert first.attrib["x"] == other.attrib["x"]
    step = (float(last.attrib["x"]) - float(first.attrib["x"])) / 3
    assert step > float(first.attrib["width"])
    assert {"2017-10", "2017-11", "2017-12", "2018-01", "A", "B"} <= set(texts(told))


def test_what_is_not_drawn_is_told() -> None:
    told = answer(*(change(f"T{n}", 1) for n in range(45)), picture=TAG_OF)
    assert len(bars(told)) == 40
    assert "5 further rows are not drawn" in texts(told)


def test_an_answer_without_picture_or_rows_is_not_drawn() -> None:
    assert plot.svg(answer(change("A", 1), picture=None)) is None
    assert plot.svg(answer(picture=TAG_OF)) is None


@given(st.text(), st.floats(-1e9, 1e9))
def test_whatever_is_drawn_is_xml(tag: str, z: float) -> None:
    tag = tag.encode("utf-8", "replace").decode()
    told = replace(answer(change(tag, z), change("B", 1), picture=TAG_OF), filter=tag)
    assert len(bars(told)) == 2


def _parsed(told: Answer[object]) -> ElementTree.Element:
    svg = plot.svg(told)
    assert svg is not None
    return ElementTree.fromstring(svg)  # noqa: S314  we wrote it
