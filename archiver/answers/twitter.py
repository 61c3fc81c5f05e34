"""Twitter, now X: syndication for embeds, embed pages, interfaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from archiver import entities, soup, urls
from archiver.answers import _json, _tweet
from archiver.answers._base import Asked, Endpoint, Told, dated, related
from archiver.model import Link, Media, Post

_CDN = ("cdn.syndication.twimg.com", "syndication.twitter.com", "cdn.syndication.twitter.com", "syndication.x.com")
_PLATFORM = ("platform.twitter.com", "platform.x.com")
_SITES = tuple(f"{sub}{site}" for site in ("twitter.com", "x.com") for sub in ("", "www.", "mobile.", "m."))
_API = ("api.twitter.com", "api.x.com", *_SITES)
_Anchor = tuple[soup.Node, str, str]  # with its address and its words
_PICTURE = re.compile(r"pic\.(?:twitter|x)\.com/\w+", re.ASCII)
_PERMALINK = re.compile(r"/\w{1,40}/status(?:es)?/\d{1,19}\b", re.ASCII)
_NAME = re.compile(r"\w{1,20}", re.ASCII)
_QUOTED = re.compile(r"[“\"](.*)[”\"]", re.DOTALL)
_ON_TWITTER = re.compile(r"(.{1,200}?)(?: \(@\w{1,20}\))? on (?:Twitter|X)", re.DOTALL)


def _syndicated(asked: Asked) -> Iterator[Told]:
    return _tweet.first_version(asked.json(), "tweet-result")


def _interface(asked: Asked) -> Iterator[Told]:
    return _tweet.first_version(asked.json(), "api v1.1")


def _interface_two(asked: Asked) -> Iterator[Told]:
    return _tweet.second_version(asked.json(), "api v2")


def _graphql(asked: Asked) -> Iterator[Told]:
    return _tweet.first_version(asked.json(), "graphql")


def _permalink(asked: Asked) -> Iterator[Told]:
    """A tweet's own address that answered with JSON, as web archives keep it."""
    value = asked.json()
    if _json.at(value, "data", "text"):
        yield from _tweet.second_version(value, "permalink")
    else:
        yield from _tweet.first_version(value, "permalink")


def _page(asked: Asked) -> Iterator[Told]:
    for value in _json.scripts(asked.body, '_str"'):
        yield from _tweet.first_version(value, "embed page")


def _rendered(asked: Asked) -> Iterator[Told]:
    """`tweets.json` gives for each id the HTML of its embed, as it was drawn from about 2014 to 2021."""
    value = asked.json()
    for number, told in list(value.items())[:1000] if isinstance(value, dict) else ():
        post = _tweet.identified(str(number))
        tree = _json.html(told) if post else None
        if post and tree and (words := tree.css_first(".Tweet-text, .e-entry-title")):
            yield _drawn(post, tree, words)


def _drawn(post: Post, tree: soup.Node, words: soup.Node) -> Told:
    named, screen = (tree.css_first(f".TweetAuthor-{part}") for part in ("name", "screenName"))
    handle = soup.text(screen).removeprefix("@") if screen else ""
    if _NAME.fullmatch(handle):
        post = _tweet.identified(post.platform_id, handle) or post
    stamp = tree.css_first("[data-datetime], time[datetime]")
    told = {"at": soup.attr(stamp, "data-datetime") or soup.attr(stamp, "datetime")} if stamp else None
    author = (soup.text(named) or None) if named else None
    post = replace(_worded(dated(post, _json.moment(told, "at")), words), author_name=author)
    quoted = tree.css_first("a.QuoteTweet-link[href]")
    address = re.search(r"/status/(\d{1,19})", soup.attr(quoted, "href")) if quoted else None
    hearts = tree.css_first('[data-scribe="element:heart_count"]')
    likes = re.sub(r"\D", "", soup.text(hearts)) if hearts and "K" not in soup.text(hearts) else ""
    return Told(
        post,
        "tweets.json",
        counts=(("likes", int(likes)),) if 0 < len(likes) < 13 and likes.isascii() else (),
        relations=related(post, [("quoted", _tweet.identified(address[1] if address else None))]),
    )


def read_page(asked: Asked) -> Iterator[Told]:
    """The tweet at whose own address a page stood, by its scripts, its elements (until 2020) or its head."""
    number = match[1] if (match := re.search(r"/status(?:es)?/(\d{1,19})\b", asked.path, re.ASCII)) else None
    post = _tweet.identified(number)
    if post is None:
        return
    named = [told for told in _page(asked) if told.post.platform_id == number]
    if named:
        yield replace(named[0], endpoint="permalink page")
        return
    root = soup.parse(asked.body).root
    if root is not None and (told := _element(root, post) or _head_of(root, post)):
        yield told


def _element(tree: soup.Node, post: Post) -> Told | None:
    """The tweet as the site drew it on its page, for readers without scripts too."""
    own = tree.css_first(f'.tweet[data-tweet-id="{post.platform_id}"], .tweet[data-item-id="{post.platform_id}"]')
    words = own.css_first(".js-tweet-text, .tweet-text") if own else None
    if own is None or words is None:
        return None
    handle = soup.attr(own, "data-screen-name")
    if _NAME.fullmatch(handle):
        post = _tweet.identified(post.platform_id, handle) or post
    stamp = own.css_first("[data-time]")
    told = {"at": soup.attr(stamp, "data-time") if stamp else "", "id": soup.attr(own, "data-user-id")}
    post = replace(_worded(post, words), author_name=soup.attr(own, "data-name") or None)
    return Told(dated(post, _json.moment(told, "at")), "permalink page", user_id=_json.identifier(told, "id"))


def _head_of(tree: soup.Node, post: Post) -> Told | None:
    """The tweet as the page's head tells it to other sites: its words in quotation marks, and whose they are."""
    told = {soup.attr(meta, "property"): soup.attr(meta, "content") for meta in tree.css('meta[property^="og:"]')}
    text, number = _QUOTED.fullmatch(told.get("og:description", "").strip()), post.platform_id
    if text is None or f"/status/{number}" not in told.get("og:url", ""):
        return None
    named = re.search(rf"(?:twitter|x)\.com/(\w{{1,20}})/status/{number}\b", told["og:url"], re.ASCII)
    post = (_tweet.identified(number, named[1]) if named else None) or post
    name = _ON_TWITTER.fullmatch(told.get("og:title", "").strip())
    words = text[1].strip()
    post = replace(
        post,
        text=words or None,
        author_name=name[1] if name else None,
        hashtags=tuple(dict.fromkeys(entities.hashtags(words))),
        mentions=tuple(dict.fromkeys(entities.mentions(words))),
    )
    return Told(post, "permalink page")


def _worded(post: Post, words: soup.Node) -> Post:
    """The post with its words as an element holds them, and with the links, pictures and names in them."""
    anchors = [(a, urls.unwrap(soup.attr(a, "href")), soup.text(a)) for a in soup.links(words)]
    text = _with_short_links(soup.text(words), anchors)
    return replace(
        post,
        text=text or None,
        lang=soup.attr(words, "lang") or None,
        hashtags=tuple(dict.fromkeys(entities.hashtags(text))),
        mentions=tuple(dict.fromkeys(entities.mentions(text))),
        links=tuple(dict.fromkeys(_link(a, href, shown) for a, href, shown in anchors if _is_link(href, shown))),
        media=tuple(dict.fromkeys(Media(None, f"https://{m[0]}") for _, _, s in anchors if (m := _PICTURE.match(s)))),
    )


def _with_short_links(text: str, anchors: list[_Anchor]) -> str:
    """A text with t.co addresses where those behind them are shown, as in all other forms of embeds."""
    at = 0
    for _, href, shown in anchors:
        if _is_link(href, shown) and urls.host(href) == "t.co" and (start := text.find(shown, at)) >= 0:
            text = f"{text[:start]}{href}{text[start + len(shown) :]}"
            at = start + len(href)
    return text


def _is_link(href: str, shown: str) -> bool:
    return urls.is_web(href) and not shown.startswith(("#", "@", "$", "＃", "＠")) and not _PICTURE.match(shown)


def _link(anchor: soup.Node, href: str, shown: str) -> Link:
    whole = soup.attr(anchor, "data-expanded-url") or soup.attr(anchor, "title")
    is_short = urls.host(href) == "t.co"
    return Link(href if is_short else None, shown or None, whole if urls.is_web(whole) else None if is_short else href)


ENDPOINTS = (
    Endpoint("tweet-result", _CDN, re.compile(r"/tweet-result\b"), _syndicated),
    Endpoint("tweets.json", _CDN, re.compile(r"/tweets\.json\b"), _rendered),
    Endpoint("embed page", (*_PLATFORM, *_CDN), re.compile(r"/embed/|/srv/timeline-", re.IGNORECASE), _page),
    Endpoint(
        "graphql",
        _API,
        re.compile(r"(?:/i/api)?/graphql/[\w-]{1,60}/(?:Tweet(?:Detail|Results?By)|Conversation)"),
        _graphql,
    ),
    Endpoint(
        "api v1.1",
        _API,
        re.compile(r"(?:/i/api)?/1(?:\.1)?/statuses/(?!oembed)|(?:/i/api)?/2/timeline/conversation/"),
        _interface,
    ),
    Endpoint("api v2", ("api.twitter.com", "api.x.com"), re.compile(r"/(?:labs/)?2/tweets\b"), _interface_two),
    Endpoint("permalink", _SITES, _PERMALINK, _permalink, only_json=True),
)
