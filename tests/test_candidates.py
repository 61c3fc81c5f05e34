"""Which elements are looked at, however their attributes are written."""

from __future__ import annotations

import pytest

from archiver import candidates, platforms, soup
from archiver.platforms import PLATFORMS

URL = "https://twitter.com/annlee/status/1256191637713846273"
KNOWN = tuple(platform for platform in PLATFORMS if platform.name == "twitter")


def found(html: str, selector: str) -> candidates.Candidates:
    """The candidates of a page, less all but the first element that the selector hits."""
    tree = soup.parse(html)
    here = frozenset((tree.css(selector)[0].mem_id,))
    return candidates.Candidates(*(addresses & here for addresses in candidates.find(tree, KNOWN)))


@pytest.mark.parametrize(
    "attribute",
    [
        f'data-url="{URL}"',
        f"data-url='{URL}'",
        f"data-url={URL}",
        f"class=x\ndata-url={URL}",
        f'data-url = "{URL}"',
        f'data-Url="{URL}"',
        f':post.url="{URL}"',
        f'@click="show({URL})"',
        f"""data-a="it's" data-props='{{"a": "b", "url": "{URL}"}}'""",
        f'data-props="{{&quot;url&quot;: &quot;{URL}&quot;}}"',
        f"data-html=\"&lt;a href='{URL}'&gt;\"",
        'data-html="%3Ca%20href%3D%22https%3A%2F%2Ftwitter.com%2Fannlee%2Fstatus%2F1256191637713846273%22%3E"',
        'class="social-Embed"',
        'data-url="https://twitter&#46;com/annlee/status/1256191637713846273"',
        'data-url="https://Twitter&period;com/annlee/status/1256191637713846273"',
        'data-url="https://TWITTER.COM/annlee/status/1256191637713846273"',
    ],
)
def test_an_attribute_in_which_an_address_stands_is_looked_at(attribute: str) -> None:
    assert found(f'<p title="a">{URL}</p><div {attribute}>b</div>', "div").named


@pytest.mark.parametrize("html", [f'<div title="{URL}">', "<div data-url='//example.com'>", f"<div>{URL}</div>"])
def test_an_element_that_tells_no_post_is_not_looked_at(html: str) -> None:
    assert not any(found(html, "div"))


def test_links_are_known_by_their_host_in_any_case() -> None:
    assert found(f'<a href="{URL.replace("twitter", "Twitter")}">a</a>', "a").named
    assert not found('<a href="https://example.com/">a</a>', "a").named


def test_shapes_are_known_by_their_selectors() -> None:
    assert found('<blockquote class="twitter-tweet">a</blockquote>', "blockquote").shaped


def test_no_word_holds_another() -> None:
    words = platforms.words(PLATFORMS)
    assert not [(one, other) for one in words for other in words if one != other and one in other]
