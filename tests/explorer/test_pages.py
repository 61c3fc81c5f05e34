from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest

from tests.explorer.sites import ARTICLES, FIRST, FOURTH, SECOND, THIRD, Site, archived, tree, tweet
from tests.pages import capture


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return archived(tmp_path_factory.mktemp("site") / "archive.db")


def key_of_text(site: Site) -> str:
    ((key,),) = site.sql("select key from posts where platform_id is null")
    return str(key)


def test_home_tells_what_is_in_the_archive(site: Site) -> None:
    page = site.page("/")
    counts = {d.css_first("dt").text(): d.css_first("dd").text() for d in page.css("dl.counts div")}
    assert counts == {"posts": "4", "accounts": "3", "articles": "3", "outlets": "2", "posted": "2017-10 to 2020-05"}
    assert page.css_first("form.search input[name=_search]") is not None
    ranks = {s.css_first("h2").text(): [a.text() for a in s.css("li a")] for s in page.css("section.ranks")}
    assert ranks["Hashtags"][:2] == ["#Otters", "#Rivers"]
    assert ranks["Accounts"] == ["@ann_lee", "@bob_ray", "@dee_fox"]
    assert ranks["Outlets, by their embeds"] == ["news.example.org".removeprefix("news."), "example.com"]
    assert "Say so" in page.css_first(".card .text").text()
    assert "3 pages read" in site.words("/")


def test_home_of_an_empty_archive_says_what_to_do(tmp_path: Path) -> None:
    told = archived(tmp_path / "archive.db", {}).words("/")
    assert "The archive is empty" in told
    assert "archiver archive" in told


def test_home_tells_what_failed_in_the_last_run(site: Site, tmp_path: Path) -> None:
    failing = archived(tmp_path / "archive.db")
    failing.write(
        "insert into captures (run_id, target, captured_at, outcome, error) values (1, ?, ?, 'failed', ?)",
        "https://gone.example.com/x",
        "2026-01-02T03:04:05Z",
        "404 Not Found",
    )
    assert "https://gone.example.com/x : 404 Not Found" in failing.words("/")
    assert "404 Not Found" not in site.words("/")


@pytest.mark.parametrize("spelling", ["Rivers", "rivers", "RIVERS", "%23Rivers"])
def test_a_hashtag_is_found_whatever_its_case_and_with_its_sign(site: Site, spelling: str) -> None:
    assert site.page(f"/-/hashtag/{spelling}").css_first("h1").text().casefold() == "#rivers"


def test_a_hashtag_page_tells_own_text_and_article_apart(site: Site) -> None:
    def found(place: str) -> set[str]:
        page = site.page(f"/-/hashtag/Otters{place}")
        return {a.attributes["href"] or "" for a in page.css(".cards .foot a[href^='/-/post']")}

    own, beside = f"/-/post/twitter/{THIRD}", f"/-/post/twitter/{FIRST}"
    assert found("") == {own, beside}
    assert found("?in=post") == {own}
    assert found("?in=article") == {beside}
    current = site.page("/-/hashtag/Otters?in=post").css("nav.switch a[aria-current]")
    assert [a.text() for a in current] == ["in the post’s own text"]


def test_a_hashtag_page_leads_to_rows_as_many_as_it_says(site: Site) -> None:
    for place in ("", "?in=post", "?in=article"):
        lead = site.page(f"/-/hashtag/Otters{place}").css_first(".lead a")
        path = (lead.attributes["href"] or "").replace("/posts?", "/posts.json?_shape=array&")
        assert len(site.get(path)[0].json()) == int(lead.text().split()[0])


def test_a_hashtag_page_names_accounts_outlets_tags_and_articles(site: Site) -> None:
    page = site.page("/-/hashtag/rivers")
    ranks = {s.css_first("h2").text(): [a.text() for a in s.css("li a")] for s in page.css("section.ranks")}
    assert sorted(ranks["Accounts"]) == ["@ann_lee", "@bob_ray"]
    assert sorted(ranks["Outlets embedding them"]) == ["example.com", "example.org"]
    assert sorted(ranks["Used together with"]) == ["#Lakes", "#Otters"]
    assert "Articles that name it beside an embed" in site.words("/-/hashtag/otters")
    assert "Where it began" in site.words("/-/hashtag/otters")


def test_a_tag_of_posts_that_are_only_linked_to_has_a_page_without_posts(site: Site) -> None:
    assert "No embedded post has it there" in site.words("/-/hashtag/Unseen")


def test_an_author_page_tells_posts_outlets_and_hashtags(site: Site) -> None:
    told = site.words("/-/author/twitter/ANN_LEE")
    assert told.startswith("Ann @ann_lee on Twitter / X · 2 posts embedded")
    assert "#Otters" in told
    assert "example.org" in told
    assert "Embedded by most articles" in told


def test_an_outlet_page_tells_its_articles_and_accounts(site: Site) -> None:
    told = site.words("/-/outlet/example.org")
    assert "2 articles with 3 embeds of 3 posts" in told
    assert "From memory" in told
    assert "@dee_fox" in told


def test_an_article_page_shows_its_embeds_in_order_with_the_words_around_them(site: Site) -> None:
    ((number,),) = site.sql("select id from pages where url like '%/a'")
    told = site.words(f"/-/article/{number}")
    order = [
        "Where it began",
        "Of #Otters",
        "Say so if you saw one",
        "Others followed",
        "The #Rivers and #Lakes",
        "So it",
    ]
    assert [told.index(part) for part in order] == sorted(told.index(part) for part in order)
    assert told.count("Others followed her") == 1  # it stands after the one embed and before the next


def test_an_article_page_shows_posts_that_are_only_linked_to_when_asked(site: Site) -> None:
    ((number,),) = site.sql("select id from pages where url like '%/b'")
    assert f"/-/post/twitter/{FOURTH}" not in site.get(f"/-/article/{number}")[0].text
    assert f"/-/post/twitter/{FOURTH}" in site.get(f"/-/article/{number}?links=1")[0].text


def test_a_post_page_tells_all_that_is_known_of_it(site: Site) -> None:
    told = site.words(f"/-/post/twitter/{FIRST}")
    assert "2017-10-14" in told or "2017-10-15" in told
    assert "from the post’s id" in told.replace("'", "’")
    assert "Embedded in 2 articles" in told
    assert "Of #Otters, which many name, she wrote at once." in told
    assert "2 wordings" in told
    assert "SHA-256" in told
    links = {a.attributes["href"] for a in site.page(f"/-/post/twitter/{FIRST}").css("main a[rel]")}
    original = f"https://twitter.com/ann_lee/status/{FIRST}"
    assert {original, f"https://web.archive.org/web/*/{original}", "https://gazette.example.com/a"} <= links


def test_a_post_page_marks_in_what_wordings_differ(site: Site) -> None:
    main, other = site.page(f"/-/post/twitter/{FIRST}").css(".variant")
    assert main.css_first(".text").text() == "Say so if you saw one, too."
    assert [node.text() for node in other.css("del")] == ["one, too"]
    assert [node.text() for node in other.css("ins")] == [",", "two"]


def test_the_code_of_an_embed_is_shown_as_text(site: Site) -> None:
    page = site.page(f"/-/post/twitter/{SECOND}")
    assert "<blockquote" in page.css_first("details.code pre").text()
    assert page.css_first("main blockquote") is None


def test_a_post_without_an_id_has_a_permanent_address(site: Site) -> None:
    place = "/-/post/" + key_of_text(site).replace(":", "/")
    assert "Nobody kept the address of this." in site.words(place)
    ((post_id,),) = site.sql("select id from posts where platform_id is null")
    row = site.page(f"/archive/posts/{post_id}")
    assert row.css_first(".lead a").attributes["href"] == place


def test_an_id_that_several_posts_have_leads_to_all_of_them(tmp_path: Path) -> None:
    shared = archived(tmp_path / "archive.db")
    for number, key in enumerate(("bluesky:did:plc:aaa/3abc", "bluesky:did:plc:bbb/3abc")):
        sql = "insert into posts (id, platform, platform_id, key, text) values (?, 'bluesky', '3abc', ?, 'Hi')"
        shared.write(sql, number + 5, key)
    (choice, one, gone) = shared.get(
        "/-/post/bluesky/3abc", "/-/post/bluesky/did:plc:aaa/3abc", "/-/post/bluesky/did:plc:ccc/3abc"
    )
    assert choice.status_code == httpx.codes.MULTIPLE_CHOICES
    assert {a.attributes["href"] for a in tree(choice).css(".foot a")} == {
        "/-/post/bluesky/did:plc:aaa/3abc",
        "/-/post/bluesky/did:plc:bbb/3abc",
    }
    assert one.status_code == httpx.codes.OK
    assert gone.status_code == httpx.codes.NOT_FOUND


@pytest.mark.parametrize(
    "rest", ["a/b", "a.json", "..", ".", "ä ö", "~41", "%41", "a//b", "😂", "?x=1", "#x", "https://a/?b"]
)
def test_the_address_of_any_key_leads_back_to_its_post(site: Site, rest: str) -> None:
    site.write("insert or replace into posts (id, platform, key, text) values (7, 'odd', ?, 'Odd one')", f"odd:{rest}")
    (row,) = site.get("/archive/posts/7")
    place = tree(row).css_first(".lead a").attributes["href"] or ""
    told = site.get(place, f"{place}.json")
    assert [answer.status_code for answer in told] == [httpx.codes.OK] * 2
    assert told[1].json()["post"]["key"] == f"odd:{rest}"
    site.write("delete from posts where id = 7")


def test_answers_of_platforms_are_told_on_the_page_of_a_post(site: Site, tmp_path: Path) -> None:
    told = archived(tmp_path / "archive.db")
    ((one, other),) = told.sql("select min(id), max(id) from posts where n_embeds")
    sql = """insert into answers
        (post_id, key, endpoint, text, handle, user_id, counts, told, capture_id, digest)
        values (?, 'twitter:1', 'tweet-result', 'As the platform tells it', 'ann_lee', '77', '{"likes": 12}',
            '{}', 1, 'x')
    """
    told.write(sql, one)
    told.write("insert into post_relations values (?, 'quoted', ?, 1)", one, other)
    ((key, other_key),) = told.sql(
        "select a.key, b.key from posts as a, posts as b where a.id = ? and b.id = ?", one, other
    )
    page = told.words("/-/post/" + key.replace(":", "/"))
    assert "tweet-result" in page
    assert "As the platform tells it" in page
    assert re.search(r"likes, \d{4}-\d\d-\d\d 12", page)
    assert "It quotes" in page
    assert "It quoted by" in told.words("/-/post/" + other_key.replace(":", "/"))
    assert "What the platform told" not in site.words(f"/-/post/twitter/{SECOND}")


def test_flags_are_explained_in_words(tmp_path: Path) -> None:
    html = f"<title>Odd</title><p>Some words before it.</p>{tweet('Well', FIRST, date='May 1, 2009')}<p>After it.</p>"
    odd = archived(tmp_path / "archive.db", [capture(html, url="https://example.com/odd")])
    assert json.loads(odd.sql("select flags from embeds")[0][0]) == ["date_differs"]
    for path in (f"/-/post/twitter/{FIRST}", "/-/article/1"):
        assert "Date and id disagree" in odd.words(path)


def test_articles_of_the_fixture_are_all_told(site: Site) -> None:
    assert {url for (url,) in site.sql("select url from pages")} == set(ARTICLES)
