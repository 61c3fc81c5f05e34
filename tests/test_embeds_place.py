"""The words around embeds: whose paragraph is whose."""

from __future__ import annotations

from archiver import embeds
from archiver.model import Post, Prose, Sighting


def post(number: int) -> Sighting:
    return Sighting(Post("twitter", platform_id=str(number)), "blockquote")


def tags(*items: Prose | Sighting) -> list[tuple[str, ...]]:
    return [embed.context_hashtags for embed in embeds.place(list(items))]


def test_a_paragraph_that_leads_to_the_next_embed_lends_its_hashtags_to_that_one_alone() -> None:
    assert tags(post(1), Prose("Then #MeToo began."), post(2)) == [(), ("MeToo",)]


def test_a_paragraph_after_the_last_embed_lends_it_its_hashtags() -> None:
    assert tags(Prose("Before #One"), post(1), Prose("After #Two")) == [("One", "Two")]


def test_a_paragraph_far_above_the_next_embed_belongs_to_the_one_above() -> None:
    far = [Prose(f"Paragraph {number}") for number in range(5)]
    assert tags(post(1), Prose("After #One"), *far, post(2)) == [("One",), ()]


def test_a_link_in_prose_has_no_hashtags_of_its_context() -> None:
    assert tags(Prose("About #One"), Sighting(Post("twitter", platform_id="1"), "link")) == [()]


def test_a_heading_ends_what_comes_after_an_embed() -> None:
    (embed,) = embeds.place([post(1), Prose("Next part", heading=True), Prose("Of something else")])
    assert embed.context_after is None
