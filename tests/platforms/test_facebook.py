from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import facebook

POSTS = [
    (
        "https://www.facebook.com/anntown/posts/1046500112233445",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/posts/1046500112233445",
    ),
    (
        "https://m.facebook.com/anntown/posts/1046500112233445:0?__tn__=R&fbclid=x",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/posts/1046500112233445",
    ),
    (
        "//de-de.facebook.com/ann.town/posts/pfbid0AbCdEfGhIjKlMnOpQrStUv/",
        "pfbid0AbCdEfGhIjKlMnOpQrStUv",
        "ann.town",
        "https://www.facebook.com/ann.town/posts/pfbid0AbCdEfGhIjKlMnOpQrStUv",
    ),
    (
        "https://www.facebook.com/anntown/posts/a-title-of-it/1046500112233445/",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/posts/1046500112233445",
    ),
    (
        "https://www.facebook.com/100040011223344/posts/1046500112233445/",
        "1046500112233445",
        None,
        "https://www.facebook.com/100040011223344/posts/1046500112233445",
    ),
    (
        "https://www.facebook.com/anntown/posts/UzpfSTEwMDA",
        None,
        "anntown",
        "https://www.facebook.com/anntown/posts/UzpfSTEwMDA",
    ),
    (
        "https://www.facebook.com/pg/anntown/posts/1046500112233445",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/posts/1046500112233445",
    ),
    (
        "https://www.facebook.com/pages/Ann-Town/551100112233/posts/1046500112233445",
        "1046500112233445",
        None,
        "https://www.facebook.com/551100112233/posts/1046500112233445",
    ),
    (
        "https://www.facebook.com/anntown/videos/1046500112233445/?t=3",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/videos/1046500112233445",
    ),
    (
        "https://www.facebook.com/anntown/videos/vb.551100112233/1046500112233445/?type=2",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/videos/1046500112233445",
    ),
    (
        "https://www.facebook.com/anntown/videos/the-wheel/1046500112233445/",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/videos/1046500112233445",
    ),
    (
        "https://www.facebook.com/anntown/photos/a.645700112233445.1073741826.192500112233445/1046500112233445/?type=3&theater",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/photos/1046500112233445",
    ),
    (
        "https://www.facebook.com/anntown/photos/pcb.3485400112233445/1046500112233445",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/photos/1046500112233445",
    ),
    (
        "https://www.facebook.com/anntown/photos/1046500112233445",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/photos/1046500112233445",
    ),
    (
        "https://www.facebook.com/photo.php?fbid=1046500112233445&set=a.1332800112233.2039700.151100112",
        "1046500112233445",
        None,
        "https://www.facebook.com/photo/?fbid=1046500112233445",
    ),
    (
        "https://www.facebook.com/photo/?fbid=1046500112233445&amp;amp;set=a.13",
        "1046500112233445",
        None,
        "https://www.facebook.com/photo/?fbid=1046500112233445",
    ),
    (
        "https://www.facebook.com/photo?set=a.13&amp;fbid=1046500112233445",
        "1046500112233445",
        None,
        "https://www.facebook.com/photo/?fbid=1046500112233445",
    ),
    (
        "https://www.facebook.com/permalink.php?story_fbid=pfbid0AbCdEfGhIjKlMnOpQrStUv&id=100040011223344",
        "pfbid0AbCdEfGhIjKlMnOpQrStUv",
        None,
        "https://www.facebook.com/permalink.php?story_fbid=pfbid0AbCdEfGhIjKlMnOpQrStUv&id=100040011223344",
    ),
    (
        "https://m.facebook.com/story.php?story_fbid=1046500112233445&id=1130600112233445",
        "1046500112233445",
        None,
        "https://www.facebook.com/permalink.php?story_fbid=1046500112233445&id=1130600112233445",
    ),
    (
        "https://www.facebook.com/watch/?v=1046500112233445",
        "1046500112233445",
        None,
        "https://www.facebook.com/watch/?v=1046500112233445",
    ),
    (
        "https://www.facebook.com/watch?ref=x&v=1046500112233445",
        "1046500112233445",
        None,
        "https://www.facebook.com/watch/?v=1046500112233445",
    ),
    (
        "https://www.facebook.com/watch/live/?v=1046500112233445",
        "1046500112233445",
        None,
        "https://www.facebook.com/watch/?v=1046500112233445",
    ),
    (
        "https://www.facebook.com/video.php?v=1046500112233445",
        "1046500112233445",
        None,
        "https://www.facebook.com/watch/?v=1046500112233445",
    ),
    (
        "https://www.facebook.com/reel/1046500112233445/?s=single_unit",
        "1046500112233445",
        None,
        "https://www.facebook.com/reel/1046500112233445",
    ),
    (
        "https://www.facebook.com/groups/fairfolk/permalink/1046500112233445/",
        "1046500112233445",
        None,
        "https://www.facebook.com/groups/fairfolk/posts/1046500112233445",
    ),
    (
        "https://www.facebook.com/groups/441300112233445/posts/1046500112233445",
        "1046500112233445",
        None,
        "https://www.facebook.com/groups/441300112233445/posts/1046500112233445",
    ),
    ("https://fb.watch/aB3_dE-f9/?mibextid=x", None, None, "https://fb.watch/aB3_dE-f9/"),
    (
        "https://www.facebook.com/share/p/1AbCdEfGhI/?mibextid=x",
        None,
        None,
        "https://www.facebook.com/share/p/1AbCdEfGhI/",
    ),
    (
        "https://www.facebook.com/media/set/?set=a.450300112233445&type=3",
        None,
        None,
        "https://www.facebook.com/media/set/?set=a.450300112233445",
    ),
    (
        "https://fb.com/anntown/posts/1046500112233445",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/posts/1046500112233445",
    ),
    (
        "https://web.archive.org/web/20200101000000/https://www.facebook.com/anntown/posts/1046500112233445",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/posts/1046500112233445",
    ),
    (
        "https://developers.facebook.com/anntown/posts/1046500112233445",
        "1046500112233445",
        "anntown",
        "https://www.facebook.com/anntown/posts/1046500112233445",
    ),
]
NO_POSTS = [
    "",
    "https://www.facebook.com",
    "https://www.facebook.com/anntown",
    "https://www.facebook.com/anntown/",
    "https://www.facebook.com/anntown/posts/",
    "https://www.facebook.com/pg/anntown/posts/",
    "https://www.facebook.com/anntown/videos/",
    "https://www.facebook.com/anntown/photos/?tab=album",
    "https://www.facebook.com/anntown/photos/a.645700112233445/",
    "https://www.facebook.com/profile.php?id=100040011223344",
    "https://www.facebook.com/people/Ann/100040011223344/",
    "https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fexample.org%2Fposts%2F1046500112233445",
    "https://www.facebook.com/sharer.php?u=https://example.org/a/posts/1046500112233445",
    "https://www.facebook.com/share.php?u=https://example.org/a/posts/1046500112233445",
    "https://www.facebook.com/dialog/share?href=https://www.facebook.com/anntown/posts/1046500112233445",
    "https://www.facebook.com/hashtag/fair",
    "https://www.facebook.com/events/1796500112233445/",
    "https://www.facebook.com/groups/441300112233445/",
    "https://www.facebook.com/login/?next=https://www.facebook.com/anntown/posts/1046500112233445",
    "https://www.facebook.com/l.php?u=https://example.org",
    "https://www.facebook.com/tr?id=1046500112233445&ev=PageView",
    "https://www.facebook.com/watch/anntown/",
    "https://www.facebook.com/permalink.php?id=1",
    "https://www.facebook.com/share/1AbCdEfGhI/",
    "https://fb.watch/",
    "https://example.org/anntown/posts/1046500112233445",
    "https://notfacebook.com/anntown/posts/1046500112233445",
    "ftp://facebook.com/anntown/posts/1046500112233445",
    "https://[bad/anntown/posts/1234567",
    "https://www.facebook.com/plugins/post.php?href=x",
]
FRAMES = [
    (
        "https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fanntown%2Fposts%2F1046500112233445%3A0&width=500",
        "1046500112233445",
    ),
    (
        "//www.facebook.com/plugins/video.php?height=314&amp;href=https%3A%2F%2Fwww.facebook.com%2Fanntown%2Fvideos%2F1046500112233445%2F%2F&show_text=1",
        "1046500112233445",
    ),
    (
        "https://www.facebook.com/plugins/post.php?href=https%253A%252F%252Fwww.facebook.com%252Fanntown%252Fposts%252F1046500112233445",
        "1046500112233445",
    ),
    (
        "https://web.facebook.com/v2.8/plugins/video.php?app_id=1&href=https://www.facebook.com/anntown/videos/1046500112233445/",
        "1046500112233445",
    ),
    (
        "https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fphoto.php%3Ffbid%3D1046500112233445%26set%3Da.13",
        "1046500112233445",
    ),
    ("https://www.facebook.com/video/embed?video_id=1046500112233445", "1046500112233445"),
]
NO_FRAMES = [
    "",
    "https://www.facebook.com/plugins/page.php?href=https%3A%2F%2Fwww.facebook.com%2Fanntown",
    "https://www.facebook.com/plugins/like.php?href=https%3A%2F%2Fwww.facebook.com%2Fanntown%2Fposts%2F1046500112233445",
    "https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fexample.org%2Fa%2Fposts%2F1046500112233445",
    "https://www.facebook.com/plugins/post.php",
    "https://www.facebook.com/anntown/posts/1046500112233445",
    "https://example.org/plugins/post.php?href=https://www.facebook.com/anntown/posts/1046500112233445",
]
PIECES = [
    "https://www.facebook.com/",
    "anntown/",
    "posts/",
    "videos/",
    "photos/",
    "a.1/",
    "1046500112233445",
    "pfbid",
    "permalink.php?story_fbid=",
    "&id=",
    "watch/?v=",
    "plugins/post.php?href=",
    "https%3A%2F%2Fwww.facebook.com%2F",
    "%25",
    "amp;",
    "/",
    "?",
    "&",
    "=",
    "//[",
    "groups/",
    "share/p/",
    "https://fb.watch/",
]
ADDRESSES = st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join)


@pytest.mark.parametrize(("url", "platform_id", "handle", "permalink"), POSTS)
def test_a_posts_address_gives_its_id_handle_and_canonical_permalink(
    url: str, platform_id: str | None, handle: str | None, permalink: str
) -> None:
    post = facebook.parse_permalink(url)
    assert post is not None
    assert (post.platform, post.platform_id, post.handle, post.permalink) == (
        "facebook",
        platform_id,
        handle,
        permalink,
    )


@pytest.mark.parametrize("url", [url for url, *_ in POSTS])
def test_a_permalink_reads_back_as_the_same_post(url: str) -> None:
    post = facebook.parse_permalink(url)
    again = facebook.parse_permalink(post.permalink or "") if post else None
    assert post is not None
    assert again is not None
    assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("url", NO_POSTS)
def test_any_other_address_is_no_post(url: str) -> None:
    assert facebook.parse_permalink(url) is None


@pytest.mark.parametrize(("url", "platform_id"), FRAMES)
def test_a_frames_address_gives_the_post_that_it_shows(url: str, platform_id: str) -> None:
    post = facebook.parse_frame(url)
    assert post is not None
    assert post.platform_id == platform_id


@pytest.mark.parametrize("url", NO_FRAMES)
def test_any_other_frame_is_no_post(url: str) -> None:
    assert facebook.parse_frame(url) is None


@given(ADDRESSES)
def test_no_address_makes_them_raise_and_every_permalink_reads_back(url: str) -> None:
    for post in (facebook.parse_permalink(url), facebook.parse_frame(url)):
        if post and post.permalink:
            again = facebook.parse_permalink(post.permalink)
            assert again is not None
            assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("piece", PIECES)
def test_a_hundred_kilobytes_of_hostile_address_are_read_without_hanging(piece: str) -> None:
    for start in PIECES:
        facebook.parse_permalink(PIECES[0] + start + piece * (100_000 // len(piece)))
        facebook.parse_frame(PIECES[0] + start + piece * (100_000 // len(piece)))
