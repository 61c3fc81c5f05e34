from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from importlib.resources import files
from operator import itemgetter
from pathlib import Path
from runpy import run_path

import pytest
from babel import localedata
from babel.dates import format_date
from hypothesis import assume, given
from hypothesis import strategies as st

from archiver.dates import FIRST_YEAR, LAST_YEAR, day, folded, leading

ROOT = Path(__file__).parents[1]
GENERATOR = ROOT / "tests" / "months_from_cldr.py"
LANGUAGES, SCRIPTS_LEFT_OUT = itemgetter("LANGUAGES", "SCRIPTS_LEFT_OUT")(run_path(str(GENERATOR)))
LOCALES = sorted(
    name
    for name in localedata.locale_identifiers()
    if name.partition("_")[0] in LANGUAGES and not SCRIPTS_LEFT_OUT & set(name.split("_"))
)
MANIFEST = ROOT.parent / "shared" / "corpus" / "manifest.tsv"
MONTHS = files("archiver").joinpath("months.json")
TABLE = json.loads(MONTHS.read_bytes())

THIRD = date(2021, 3, 3)
FIFTEENTH = date(2021, 11, 15)

WHOLE = [
    ("en", "March 3, 2021", THIRD),
    ("en", "Mar 3, 2021 at 8:39am PST", THIRD),
    ("en", "November 15th 2021", FIFTEENTH),
    ("en", "the 15th of November, 2021", FIFTEENTH),
    ("en", "Monday, 15 November 2021", FIFTEENTH),
    ("en", "9:34 PM ∙ Nov 15, 2021", FIFTEENTH),
    ("en", "05:38 PM - 03 Mar 2021", THIRD),
    ("en", "Wed Mar 3 15:13:45 UTC+0000 2021", THIRD),
    ("en", "Wed Mar 03 15:13:45 +0000 2021", THIRD),
    ("en", "Wed, 03 Mar 2021 15:13:45 GMT", THIRD),
    ("en", "(Mar 3, 2021)", THIRD),
    ("de", "3. März 2021", THIRD),
    ("de", "Mittwoch, 3. Maerz 2021", THIRD),
    ("de", "Mittwoch, den 3. März 2021", THIRD),
    ("de", "Mär 3, 2021 um 12:30 PDT", THIRD),
    ("de", "15. Nov. 2021 um 0:31 Uhr", FIFTEENTH),
    ("de", "1. Jänner 2021", date(2021, 1, 1)),
    ("fr", "Mercredi 3 mars 2021", THIRD),
    ("fr", "le 1er février 2021 à 14h30", date(2021, 2, 1)),
    ("fr", "1 FEVRIER 2021", date(2021, 2, 1)),
    ("es", "Miércoles, 3 de marzo de 2021", THIRD),
    ("es", "3:04 p. m. · 15 nov. 2021", FIFTEENTH),
    ("pt", "1º de maio de 2021 às 15:04", date(2021, 5, 1)),
    ("it", "mer 3 mar 2021", THIRD),
    ("nl", "3 mrt. 2021 om 15:00 uur", THIRD),
    ("ca", "3 d’abril del 2021", date(2021, 4, 3)),
    ("gl", "3 de xaneiro de 2021", date(2021, 1, 3)),
    ("eu", "2021(e)ko martxoaren 3(a)", THIRD),
    ("pl", "3 marca 2021 r.", THIRD),
    ("pl", "15 listopada 2021", FIFTEENTH),
    ("cs", "15. listopadu 2021", FIFTEENTH),
    ("sk", "3. marca 2021", THIRD),
    ("sl", "15. november 2021", FIFTEENTH),
    ("hr", "3. ožujka 2021.", THIRD),
    ("sr", "3. март 2021.", THIRD),
    ("hu", "2021. március 3., szerda", THIRD),
    ("hu", "2021. Nov 15., 10:47 PST", FIFTEENTH),
    ("ro", "15 noiembrie 2021", FIFTEENTH),
    ("bg", "15 ноември 2021 г.", FIFTEENTH),
    ("ru", "3 марта 2021 г. в 15:00", THIRD),
    ("uk", "15 листопада 2021 р.", FIFTEENTH),
    ("be", "15 лістапада 2021 г.", FIFTEENTH),
    ("el", "3 Μαρτίου 2021", THIRD),
    ("el", "3 ΜΑΡΤΙΟΥ 2021", THIRD),
    ("sv", "3 mars 2021 kl. 14.30", THIRD),
    ("fi", "3. maaliskuuta 2021 klo 14.30", THIRD),
    ("lv", "2021. gada 3. marts", THIRD),
    ("lt", "2021 m. kovo 3 d.", THIRD),
    ("et", "3. märts 2021", THIRD),
    ("is", "15. nóvember 2021", FIFTEENTH),
    ("ga", "1 Deireadh Fómhair 2021", date(2021, 10, 1)),
    ("gd", "15mh dhen t-Samhain 2021", FIFTEENTH),
    ("cy", "Dydd Mercher, 3 Mawrth 2021", THIRD),
    ("br", "Meurzh 2 Du 2021", date(2021, 11, 2)),
    ("tr", "15 Kasım 2021 Pazartesi", FIFTEENTH),
    ("tr", "15 KASIM 2021", FIFTEENTH),
    ("ar", "الأربعاء، ٣ مارس ٢٠٢١", THIRD),
    ("ar", "15 تشرين الثاني 2021", FIFTEENTH),
    ("fa", "۳ مارس ۲۰۲۱", THIRD),
    ("he", "3 במרץ 2021", THIRD),
    ("hi", "३ मार्च २०२१", THIRD),
    ("bn", "১৫ নভেম্বর, ২০২১", FIFTEENTH),
    ("ur", "3 مارچ، 2021", THIRD),
    ("ta", "15 நவம்பர், 2021", FIFTEENTH),
    ("kn", "ನವೆಂಬರ್ 15, 2021", FIFTEENTH),
    ("ml", "2021, മാർച്ച് 3", THIRD),
    ("th", "3 มี.ค. 2021", THIRD),
    ("th", "3 มีนาคม 2564", THIRD),
    ("th", "วันพุธที่ 3 มีนาคม พ.ศ. 2564", THIRD),
    ("vi", "Thứ Tư, 3 tháng 3, 2021", THIRD),
    ("vi", "ngày 15 tháng 11 năm 2021", FIFTEENTH),
    ("id", "Rabu, 03 Maret 2021", THIRD),
    ("fil", "Nobyembre 15, 2021", FIFTEENTH),
    ("sw", "3 Machi 2021", THIRD),
    ("ja", "2021年3月3日(水) 午後3:04", THIRD),
    ("ja", "２０２１年１１月１５日", FIFTEENTH),
    ("zh", "下午3:04 · 2021年3月3日", THIRD),
    ("zh", "2021年11月15日 星期一", FIFTEENTH),
    ("ko", "2021년 3월 3일 수요일 오후 3:04", THIRD),
    ("ko", "2021. 11. 15.", FIFTEENTH),
    ("mn", "2021 оны 3-р сарын 3", THIRD),
    (None, "2021-03-03", THIRD),
    (None, "2021-03-03T10:11:12Z", THIRD),
    (None, "2021-04-03", date(2021, 4, 3)),
    (None, "13/04/2021", date(2021, 4, 13)),
    (None, "04/13/2021", date(2021, 4, 13)),
    (None, "3/3/2021", THIRD),
    (None, "15.11.2021 14.30", FIFTEENTH),
    (None, "3/Mar/2021", THIRD),
]

NONE = [
    "",
    " ",
    "Tweet may have been deleted (opens in a new tab)",
    "May",
    "May 2021",
    "Mars 2020",
    "1 May",
    "May 1, 20",
    "12 May 10 2020",
    "Feb 30, 2021",
    "29 février 2021",
    "31.11.2021",
    "2021-13-40",
    "0 May 2021",
    "03/04/2021",
    "03-04-2021",
    "03.04.2021",
    "April 3, 2005",
    "April 3, 2101",
    "3 มีนาคม 2664",
    "15/03/2564",
    "1399/12/13",
    "۱۳ اسفند ۱۳۹۹",
    "令和3年3月3日",
    "March 3, 2021 Hello",
    "On March 3, 2021 we met",
    "2021-03-0312",
    "2021.3.3.1",
    "2021 May 5kg",
    "set 3, 2021",
    "may 3, 2021",
    "3 listopad 2021",
    "\u0663\u0664",
    "https://example.com/2021/03/03/story",
    "10:30",
]

LEADING = [
    ("November 29, 2017 Net neutrality isn't", "November 29, 2017", date(2017, 11, 29)),
    ("25. September 2018 Das ist", "25. September 2018", date(2018, 9, 25)),
    ("7 января 2018 г. Текст", "7 января 2018 г.", date(2018, 1, 7)),
    ("2020年1月15日", "2020年1月15日", date(2020, 1, 15)),
    ("2020年1月15日テキスト", "2020年1月15日", date(2020, 1, 15)),
    ("2018. március 3. Kedves", "2018. március 3.", date(2018, 3, 3)),
    ("May 1, 2020 at 3:04 PM", "May 1, 2020 at 3:04 PM", date(2020, 5, 1)),
    ("May 1, 2020 at 3:04pm PDT View this", "May 1, 2020 at 3:04pm PDT", date(2020, 5, 1)),
    ("9:34 PM ∙ Mar 19, 2020 Like", "9:34 PM ∙ Mar 19, 2020", date(2020, 3, 19)),
    ("05:38 PM - 07 Jun 2019", "05:38 PM - 07 Jun 2019", date(2019, 6, 7)),
    ("May 1, 2020 2 people died", "May 1, 2020", date(2020, 5, 1)),
    ("1 May 2020 at the airport", "1 May 2020", date(2020, 5, 1)),
    ("1 May 2020 PT Barnum", "1 May 2020", date(2020, 5, 1)),
    ("1 Mai 2020, 3.50 Euro", "1 Mai 2020", date(2020, 5, 1)),
    ("3 mar 2020 mar rosso", "3 mar 2020", date(2020, 3, 3)),
    ("\n\t May 1, 2020.", "May 1, 2020", date(2020, 5, 1)),
    ("May 1, 2020Net", "May 1, 2020", date(2020, 5, 1)),
    ("May 1, 2020-May 5, 2020", "May 1, 2020", date(2020, 5, 1)),
    ("1 May 2020–2021", "1 May 2020", date(2020, 5, 1)),
    ("Wed, March 3, 2021, Sun and sea", "Wed, March 3, 2021", THIRD),
    ("3 Mart 2021 Salı pazarı", "3 Mart 2021", THIRD),
    ("\u200eMarch 3, 2021 x", "March 3, 2021", THIRD),
]


@pytest.mark.parametrize(("lang", "text", "expected"), WHOLE)
def test_a_date_in_any_language_is_the_day_it_names(lang: str | None, text: str, expected: date | None) -> None:
    assert day(text, lang) == expected
    assert day(f"  {text}\n", lang) == expected


def test_the_table_of_dates_speaks_at_least_25_languages() -> None:
    assert len({lang for lang, _, _ in WHOLE if lang}) >= 25


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_clear_date_is_none(text: str) -> None:
    assert day(text) is None


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("3 listopad 2021", "cs", date(2021, 11, 3)),
        ("3 listopad 2021", "pl-PL", date(2021, 11, 3)),
        ("3 listopad 2021", "hr", date(2021, 10, 3)),
        ("3 listopad 2021", "hr_BA", date(2021, 10, 3)),
        ("3 listopad 2021", "en", None),
        ("03.04.2021", "de-AT", date(2021, 4, 3)),
        ("03.04.2021", "en-US", None),
        ("03/04/2021", "fr", None),
    ],
)
def test_the_language_decides_what_several_languages_read_differently(
    text: str, lang: str, expected: date | None
) -> None:
    assert day(text, lang) == expected


@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_a_dotted_date_is_day_first_where_cldr_writes_it_so(lang: str) -> None:
    short = format_date(date(2021, 4, 3), "short", lang).replace("\u200f", "")
    dotted = re.match(r"0?3\. ?0?4\. ?(20)?21", short)
    assert day("03.04.2021", lang) == (date(2021, 4, 3) if dotted else None), short


def test_a_wrong_language_does_not_hide_a_clear_date() -> None:
    assert day("3 марта 2021 г.", "en") == THIRD


@pytest.mark.parametrize(("text", "shown", "expected"), LEADING)
def test_a_leading_date_is_shown_as_far_as_it_goes(text: str, shown: str, expected: date) -> None:
    found = leading(text)
    assert found is not None
    assert (found.shown, found.day) == (shown, expected)


@pytest.mark.parametrize(
    "text", ["", "Mars 2020", "Hello May 1, 2020", "03/04/2021 x", "May 1, 20201", "set 3, 2021 x"]
)
def test_a_text_that_begins_with_no_clear_date_leads_with_none(text: str) -> None:
    assert leading(text) is None


def test_accents_case_and_dots_make_no_difference_to_a_name() -> None:
    assert folded("Févr.") == folded("fevr") == "fevr"
    assert folded("KASIM") == folded("Kasım")
    assert folded("जून") != folded("जन")


@given(st.text(), st.none() | st.text(max_size=5))
def test_no_text_makes_it_raise(text: str, lang: str | None) -> None:
    day(text, lang)
    leading(text, lang)


PIECES = [
    "May",
    "mar",
    "du",
    "de",
    "3",
    "31",
    "2021",
    "2564",
    "Mon",
    "10:30",
    "14.30",
    "PM",
    "UTC",
    "+0000",
    "г.",
    "年",
]
PIECES += [
    "月",
    "日",
    " ",
    " ",
    ".",
    ",",
    "-",
    "/",
    "(",
    ")",
    "th",
    "tháng",
    "'",
    "\u200e",
    "มีนาคม",
    "²",
    "٣",
    "x",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_heap_of_pieces_of_dates_makes_it_raise_or_show_what_is_not_there(text: str) -> None:
    found = leading(text)
    if found:
        assert text.lstrip().lstrip("\u200e").lstrip().startswith(found.shown)
        assert FIRST_YEAR <= found.day.year <= LAST_YEAR
        assert found.shown == found.shown.strip()
    day(text)


DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))


def _written(moment: date, locale: str, width: str = "long") -> str:
    written = format_date(moment, width, locale)  # type: ignore[arg-type]
    assume("M0" not in written and "M1" not in written)  # no month names in Babel's data for this locale
    return written


@given(DAYS, st.sampled_from(LOCALES), st.sampled_from(["long", "full"]))
def test_what_cldr_writes_is_read_back_in_every_locale(moment: date, locale: str, width: str) -> None:
    assert day(_written(moment, locale, width), locale) == moment


@given(DAYS, st.sampled_from(LOCALES))
def test_without_the_language_a_date_is_itself_or_none_never_another(moment: date, locale: str) -> None:
    assert day(_written(moment, locale)) in (moment, None)


@given(DAYS, st.sampled_from(LOCALES), st.text())
def test_prose_after_a_date_does_not_change_it(moment: date, locale: str, prose: str) -> None:
    written = _written(moment, locale)
    found = leading(f"{written} {prose}", locale)
    assert found is not None
    assert found.day == day(written, locale) == moment


def test_every_locale_of_the_table_reads_back_every_month() -> None:
    read = 0
    for locale in LOCALES:
        for month in range(1, 13):
            moment = date(2021, month, 28)
            written = format_date(moment, "long", locale)
            if f"M{month:02}" not in written:
                assert day(written, locale) == moment, (locale, written)
                read += 1
    assert read > 5000


def test_the_month_table_is_what_cldr_says() -> None:
    # In a process of its own: Babel's cache would keep the locales as the generator loads them.
    made = subprocess.run(
        [sys.executable, str(GENERATOR)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert json.loads(made.stdout) == TABLE, "run: python tests/months_from_cldr.py > archiver/months.json"


def test_the_month_table_is_small_and_each_name_stands_once() -> None:
    assert len(MONTHS.read_bytes()) < 60_000
    names = [name for names in TABLE["months"] for name in names] + list(TABLE["several"])
    assert len(names) == len(set(names)) > 1000


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        " ",
        "May ",
        "Mon, ",
        "1 ",
        "2021 ",
        "10:30 ",
        "1.",
        "a.m. ",
        "3 de ",
        "3 de de ",
        "\u200e",
        "(",
        "mar-",
        "年",
    ],
)
def test_a_huge_text_costs_no_more_than_its_beginning(piece: str) -> None:
    hostile = piece * (1_000_000 // len(piece))
    began = time.process_time()
    day(hostile)
    leading(hostile)
    day(hostile[:79] + "x")
    assert time.process_time() - began < 5


@pytest.mark.corpus
@pytest.mark.skipif(not MANIFEST.exists(), reason="../shared/corpus is not here")
def test_dates_of_real_embeds_are_the_utc_days_of_their_ids() -> None:
    with MANIFEST.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    shown = {row["date_shown"] for row in rows if row["date_shown"]}
    not_read = sorted(text for text in shown if day(text) is None)
    tweets = {
        (row["date_shown"], int(row["post_id"]))
        for row in rows
        if row["platform"] == "twitter" and row["date_shown"] and row["post_id"].isdigit()
    }
    dated = [(text, post_id) for text, post_id in tweets if post_id >= 291895636918272 and day(text)]
    other = [(text, post_id) for text, post_id in dated if day(text) != _utc_day(post_id)]
    print(f"{len(shown)} dates shown, not read: {not_read}; {len(dated)} tweets, of another day: {other}")  # noqa: T201
    assert len(dated) > 50
    assert len(other) <= 0.03 * len(dated)
    assert len(not_read) <= 0.03 * len(shown)
    found = {text: leading(f"{text} Prose") for text in shown if day(text)}
    assert {text: date_shown and date_shown.shown for text, date_shown in found.items()} == {t: t for t in found}


def _utc_day(post_id: int) -> date:
    return datetime.fromtimestamp(((post_id >> 22) + 1288834974657) / 1000, UTC).date()
