"""What was redacted, refused when it comes again."""

from __future__ import annotations

import secrets
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from archiver.model import Archived, Embed, Mention, Page, Post
from archiver.store import _phrases, _posts
from archiver.store._phrases import Phrase
from archiver.store.cited import Cited, CitedEmbed, CitedNames
from archiver.told import Answered, Imported, Told

__all__ = ["Refused", "account", "load", "new_salt", "told", "without"]

_T = TypeVar("_T")

_SHOWN = ("context_before", "context_after", "heading", "html")
_OF_PAGE = ("title", "byline", "description", "section")


@dataclass(slots=True)
class Refused:
    """What an archive refuses, for one salt: digests of posts and authors, phrases, and texts that no post may have."""

    salt: str
    posts: set[str] = field(default_factory=set)
    authors: set[str] = field(default_factory=set)
    phrases: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    texts: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))

    def archived(self, archived: Archived) -> Archived:
        """What was read, without what is refused."""
        page = archived.page
        embeds = tuple(self._embed(e) for e in page.embeds if not self.refuses(_posts.key(page, e.post), e.post))
        return replace(archived, page=replace(self._page(page), embeds=embeds))

    def told(self, told: Iterable[Told]) -> tuple[Told, ...]:
        """What platforms and datasets tell, without what is refused."""
        return tuple(self._told(each) for each in told if not self.refuses(each.post.key, each.post))

    def cited(self, cited: Cited) -> Cited:
        """What another archive holds, without what is refused."""
        embeds = tuple(self._cited(each) for each in cited.embeds if not self.refuses(each.key, each.embed.post))
        page = self._page(cited.page) if cited.page else None
        return replace(cited, page=page, embeds=embeds, told=self.told(cited.told))

    def names(self, names: CitedNames) -> CitedNames:
        """Accounts and outlets, without those that are refused."""
        return replace(names, accounts=tuple(a for a in names.accounts if not self.refuses(None, a)))

    def refuses(self, key: str | None, post: Post) -> bool:
        """Whether a post of this key may not be stored; one that is known by its text alone may not hold a phrase."""
        texts = self.texts if post.platform_id or post.permalink else self.phrases
        is_told = bool(post.text and texts) and any(_phrases.found(self.salt, post.text or "", texts))
        return is_told or self.refuses_row(key, post.platform, post.handle)

    def refuses_row(self, key: str | None, platform: str, handle: str | None) -> bool:
        """The same, by the post's key and author alone."""
        if key is not None and self.digest("post", key) in self.posts:
            return True
        names = (account(each, handle) for each in (platform, None)) if handle is not None and self.authors else ()
        return any(self.digest("author", name) in self.authors for name in names)

    def text(self, value: str | None) -> str | None:
        """A text with `⟦redacted⟧` in the place of what may not be told."""
        return _phrases.replaced(self.salt, value, self.phrases) if value and self.phrases else value

    def digest(self, what: str, value: str) -> str:
        return _phrases.digest(self.salt, what, value)

    def _page(self, page: Page) -> Page:
        told: dict[str, Any] = {name: self.text(getattr(page, name)) for name in _OF_PAGE}
        told["keywords"] = tuple(self.text(each) or "" for each in page.keywords)
        told["mentions"] = tuple(self._mention(each) for each in page.mentions)
        return replace(page, **told)

    def _cited(self, cited: CitedEmbed) -> CitedEmbed:
        known = self._post(cited.known) if cited.known else None
        return replace(cited, embed=self._embed(cited.embed), known=known)

    def _embed(self, embed: Embed) -> Embed:
        around: dict[str, Any] = {name: self.text(getattr(embed, name)) for name in _SHOWN}
        return replace(embed, post=self._post(embed.post), **around)

    def _post(self, post: Post) -> Post:
        media = tuple(replace(each, alt=self.text(each.alt)) for each in post.media)
        return replace(post, text=self.text(post.text), media=media)

    def _mention(self, mention: Mention) -> Mention:
        return replace(mention, sentence=self.text(mention.sentence) or "", quote=self.text(mention.quote))

    def _told(self, told: Told) -> Told:
        also = tuple(each for each in told.also if not self.refuses(each.key, each))
        relations = tuple(each for each in told.relations if not self.refuses(each.post.key, each.post))
        return replace(told, post=self._post(told.post), also=also, relations=relations)


def without(refusing: Iterable[Refused], outcome: _T) -> _T:
    """An outcome without what is refused; one that tells of no post as it is."""
    given: Any = outcome
    for refused in refusing:
        match given:
            case Archived():
                given = refused.archived(given)
            case Answered() | Imported():
                given = replace(given, told=refused.told(given.told))
            case Cited():
                given = refused.cited(given)
            case CitedNames():
                given = refused.names(given)
    return cast(_T, given)


def told(c: sqlite3.Connection, given: Iterable[Told]) -> tuple[Told, ...]:
    """What platforms tell, without what an archive refuses."""
    left = tuple(given)
    for refused in load(c) if left else ():
        left = refused.told(left)
    return left


def load(c: sqlite3.Connection) -> list[Refused]:
    """What an archive refuses; empty where nothing was ever redacted."""
    by_salt: dict[str, Refused] = {}
    for what, digest, salt, n_words, head in c.execute("select what, digest, salt, n_words, head from redactions"):
        refused = by_salt.setdefault(salt, Refused(salt))
        if what == "post":
            refused.posts.add(digest)
        elif what == "author":
            refused.authors.add(digest)
        else:
            refused.phrases[head].append(Phrase(n_words, digest, head))
            if what == "text":
                refused.texts[head].append(Phrase(n_words, digest, head))
    return list(by_salt.values())


def account(platform: str | None, handle: str) -> str:
    """The value of which an author's digest is made; without a platform it is that of the handle anywhere."""
    return f"{platform or '*'}:{handle.lstrip('@').casefold()}"


def new_salt() -> str:
    """A salt of 32 bytes, as hex."""
    return secrets.token_hex(32)
