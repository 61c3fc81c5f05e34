from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import plaintext
from archiver.model import Prose, Sighting
from archiver.platforms import _snowflake, instagram

POSTS = [
    ("https://www.instagram.com/p/BPsqy-_DGGE/", "BPsqy-_DGGE", None, "https://www.instagram.com/p/BPsqy-_DGGE/"),
    ("http://instagram.com/p/BPsqy-_DGGE", "BPsqy-_DGGE", None, "https://www.instagram.com/p/BPsqy-_DGGE/"),
    ("//instagram.com/p/BPsqy-_DGGE/embed/", "BPsqy-_DGGE", None, "https://www.instagram.com/p/BPsqy-_DGGE/"),
    (
        "https://m.instagram.com/p/BPsqy-_DGGE/?igshid=i0dl&img_index=2",
        "BPsqy-_DGGE",
        None,
        "https://www.instagram.com/p/BPsqy-_DGGE/",
    ),
    (
        "https://www.instagram.com/reel/BPsqy-_DGGE/?utm_source=ig_embed&utm_campaign=loading",
        "BPsqy-_DGGE",
        None,
        "https://www.instagram.com/p/BPsqy-_DGGE/",
    ),
    ("https://www.instagram.com/reels/BPsqy-_DGGE/", "BPsqy-_DGGE", None, "https://www.instagram.com/p/BPsqy-_DGGE/"),
    (
        "https://www.instagram.com/tv/BPsqy-_DGGE/embed/captioned/?cr=1",
        "BPsqy-_DGGE",
        None,
        "https://www.instagram.com/p/BPsqy-_DGGE/",
    ),
    (
        "https://www.instagram.com/ann.lee_/p/BPsqy-_DGGE/",
        "BPsqy-_DGGE",
        "ann.lee_",
        "https://www.instagram.com/p/BPsqy-_DGGE/",
    ),
    (
        "https://www.instagram.com/ann.lee_/reel/BPsqy-_DGGE/",
        "BPsqy-_DGGE",
        "ann.lee_",
        "https://www.instagram.com/p/BPsqy-_DGGE/",
    ),
    ("https://instagr.am/p/BPsqy-_DGGE/", "BPsqy-_DGGE", None, "https://www.instagram.com/p/BPsqy-_DGGE/"),
    (
        "https://www.instagram.com/p/BPsqy-_DGGE/media/?size=l",
        "BPsqy-_DGGE",
        None,
        "https://www.instagram.com/p/BPsqy-_DGGE/",
    ),
    (
        "HTTPS://WWW.INSTAGRAM.COM/p/BPsqy-_DGGE#comments",
        "BPsqy-_DGGE",
        None,
        "https://www.instagram.com/p/BPsqy-_DGGE/",
    ),
    ("  https://www.instagram.com/p/BPsqy-_DGGE/ ", "BPsqy-_DGGE", None, "https://www.instagram.com/p/BPsqy-_DGGE/"),
    (
        "https://web.archive.org/web/20200101000000if_/https://www.instagram.com/p/BPsqy-_DGGE/",
        "BPsqy-_DGGE",
        None,
        "https://www.instagram.com/p/BPsqy-_DGGE/",
    ),
    (
        "/web/2020/https://www.instagram.com/p/BPsqy-_DGGE/",
        "BPsqy-_DGGE",
        None,
        "https://www.instagram.com/p/BPsqy-_DGGE/",
    ),
    ("http://instagram.com/p/JxRZl/", "JxRZl", None, "https://www.instagram.com/p/JxRZl/"),
]
NO_POSTS = [
    "",
    "https://www.instagram.com",
    "https://www.instagram.com/annlee/",
    "https://www.instagram.com/annlee/reels/",
    "https://www.instagram.com/annlee/tagged/",
    "https://www.instagram.com/explore/tags/fair/",
    "https://www.instagram.com/stories/annlee/2345678901234567890/",
    "https://www.instagram.com/accounts/login/?next=/p/BPsqy-_DGGE/",
    "https://www.instagram.com/p/",
    "https://www.instagram.com/reels/audio/123456789/",
    "https://www.instagram.com/share/p/BAbcdEfGh/",
    "https://example.org/?u=https://www.instagram.com/p/BPsqy-_DGGE/",
    "https://notinstagram.com/p/BPsqy-_DGGE/",
    "https://instagram.com.example.org/p/BPsqy-_DGGE/",
    "instagram.com/p/BPsqy-_DGGE/",
    "https://www.facebook.com/p/abcdef/",
]
FRAMES = [
    ("//instagram.com/p/BPsqy-_DGGE/embed/", "BPsqy-_DGGE"),
    ("https://www.instagram.com/reel/BPsqy-_DGGE/embed", "BPsqy-_DGGE"),
    ("https://www.instagram.com/tv/BPsqy-_DGGE/embed/captioned/?cr=1&v=14", "BPsqy-_DGGE"),
    ("https://web.archive.org/web/20200101000000if_/https://www.instagram.com/p/BPsqy-_DGGE/embed/", "BPsqy-_DGGE"),
]
NO_FRAMES = [
    "https://www.instagram.com/p/BPsqy-_DGGE/",
    "https://www.instagram.com/annlee/embed/",
    "https://www.instagram.com/p/BPsqy-_DGGE/embedded",
    "",
]
PIECES = [
    "https://www.instagram.com/",
    "p/",
    "reel/",
    "ann.lee/",
    "BPsqy-_DGGE",
    "/",
    "embed",
    "/embed/",
    "captioned",
    "?",
    "#",
    "share/",
    "-",
    ".",
]
ADDRESSES = st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join)


@pytest.mark.parametrize(("url", "platform_id", "handle", "permalink"), POSTS)
def test_a_posts_address_gives_its_id_handle_and_canonical_permalink(
    url: str, platform_id: str | None, handle: str | None, permalink: str
) -> None:
    post = instagram.parse_permalink(url)
    assert post is not None
    assert (post.platform, post.platform_id, post.handle, post.permalink) == (
        "instagram",
        platform_id,
        handle,
        permalink,
    )


@pytest.mark.parametrize("url", [url for url, *_ in POSTS])
def test_a_permalink_reads_back_as_the_same_post(url: str) -> None:
    post = instagram.parse_permalink(url)
    again = instagram.parse_permalink(post.permalink or "") if post else None
    assert post is not None
    assert again is not None
    assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("url", NO_POSTS)
def test_any_other_address_is_no_post(url: str) -> None:
    assert instagram.parse_permalink(url) is None


@pytest.mark.parametrize(("url", "platform_id"), FRAMES)
def test_a_frames_address_gives_the_post_that_it_shows(url: str, platform_id: str) -> None:
    post = instagram.parse_frame(url)
    assert post is not None
    assert post.platform_id == platform_id


@pytest.mark.parametrize("url", NO_FRAMES)
def test_any_other_frame_is_no_post(url: str) -> None:
    assert instagram.parse_frame(url) is None


@given(ADDRESSES)
def test_no_address_makes_them_raise_and_every_permalink_reads_back(url: str) -> None:
    for post in (instagram.parse_permalink(url), instagram.parse_frame(url)):
        if post and post.permalink:
            again = instagram.parse_permalink(post.permalink)
            assert again is not None
            assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("piece", PIECES)
def test_a_hundred_kilobytes_of_hostile_address_are_read_without_hanging(piece: str) -> None:
    for start in PIECES:
        instagram.parse_permalink(PIECES[0] + start + piece * (100_000 // len(piece)))
        instagram.parse_frame(PIECES[0] + start + piece * (100_000 // len(piece)))


@pytest.mark.parametrize(
    ("code", "moment"),
    [
        ("Cvk_NVnyZV9", datetime(2023, 8, 5, 21, 25, 59, tzinfo=UTC)),
        ("Cvk_NVnyZV9" + "a" * 28, datetime(2023, 8, 5, 21, 25, 59, tzinfo=UTC)),  # of a private account
        ("BPsqy-_DGGE", datetime(2017, 1, 25, 18, 47, 42, tzinfo=UTC)),
    ],
)
def test_a_shortcode_carries_the_second_in_which_its_upload_began(code: str, moment: datetime) -> None:
    found = _snowflake.instagram(code)
    assert found is not None
    assert found.replace(microsecond=0) == moment


def test_a_shortcode_of_april_2026_carries_its_day() -> None:
    found = _snowflake.instagram("DXnWnLSEuMH")
    assert found is not None
    assert found.date().isoformat() == "2026-04-27"


@pytest.mark.parametrize("code", ["", "JxRZl", "a" * 28, "__________9", "BPsqy+_DGGE", "BPsqy-_DGGÉ", "A" * 11])
def test_a_code_without_a_clock_has_no_time(code: str) -> None:
    assert _snowflake.instagram(code) is None


@given(st.text())
def test_no_code_makes_the_decoder_raise(code: str) -> None:
    assert _snowflake.instagram(code) is None or len(code) <= 39


def _signed(text: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
    posts = [signature.post for signature in instagram.signatures(text)]
    return [(post.handle, post.author_name, post.date_shown, post.text) for post in posts]


def test_the_paragraph_above_a_signature_is_not_guessed_to_be_its_caption() -> None:
    text = "The prince spoke:\nA photo posted by Ann (Lee) (@ann.lee) on Dec 1, 2016 at 6:32pm PST\nSo it goes."
    assert _signed(text) == [("ann.lee", "Ann (Lee)", "Dec 1, 2016 at 6:32pm PST", None)]
    assert [signature.alone for signature in instagram.signatures(text)] == [True]


def test_what_stands_between_placeholder_and_signature_is_the_caption() -> None:
    text = "Prose.\n\nView this post on Instagram\n\nTwo\nlines\n\nA post shared by Ann (@ann) on May 1, 2019 at 1:00pm"
    assert _signed(text) == [("ann", "Ann", "May 1, 2019 at 1:00pm", "Two\nlines")]
    (signature,) = instagram.signatures(text)
    assert text[: signature.start] == "Prose.\n\n"
    assert signature.end == len(text)


@pytest.mark.parametrize(
    ("line", "name", "date"),
    [
        ("A post shared by Ann Lee (@ann)", "Ann Lee", None),
        ("Ein Beitrag geteilt von Ann Lee (@ann) am 23. Okt 2017 um 0:31 Uhr", "Ann Lee", "23. Okt 2017 um 0:31 Uhr"),
        ("Une publication partagée par Ann Lee (@ann) le 3 Mars 2017 à 5h05 PST", "Ann Lee", "3 Mars 2017 à 5h05 PST"),
        ("Ann Lee (@ann) által közzétett fénykép, 2017. Jan 25., 10:47 PST", "Ann Lee", "2017. Jan 25., 10:47 PST"),
        ("水の店(@ann)がシェアした投稿", "水の店", None),
    ],
)
def test_a_signature_is_read_in_other_languages(line: str, name: str, date: str | None) -> None:
    assert _signed(f"Above.\n{line}\nBelow.") == [("ann", name, date, None)]


@pytest.mark.parametrize(
    "line",
    [
        "— Ann Lee (@ann) Dec 1, 2016",
        "Ann Lee (@ann) on Dec 1, 2016",
        "A photo posted by Ann (@ann) was deleted by the court.",
        "He said that a post shared by Ann (@ann) on Dec 1, 2016 was false.",
        "A post shared by Ann @ann",
    ],
)
def test_a_sentence_about_a_post_is_no_signature(line: str) -> None:
    assert _signed(line) == []


@pytest.mark.parametrize(
    "piece", ["(@a)", "A post shared by a (@a)", "A post shared by a (@a)\n", "(", "View this post on Instagram\n"]
)
def test_signatures_in_hostile_text_are_read_without_hanging(piece: str) -> None:
    list(instagram.signatures(piece * (100_000 // len(piece))))


def test_the_paragraph_above_stays_the_articles_prose() -> None:
    above = "The fair\n\nThe prince spoke at length."
    items = plaintext.read(f"{above}\n\nA photo posted by Ann (@ann) on Dec 1, 2016 at 6:32pm PST\n")
    assert items[:2] == [Prose("The fair", heading=True), Prose("The prince spoke at length.")]
    assert isinstance(items[2], Sighting)
    assert items[2].post.key is None
    assert (items[2].post.handle, items[2].post.text) == ("ann", None)
