"""Handles of private persons replaced by keyed digests."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archiver import platforms
from archiver.errors import TargetError

__all__ = ["VARIABLE", "Pseudonyms", "made"]

VARIABLE = "ARCHIVER_PSEUDONYM_KEY"
_SHORTEST = 16  # bytes of a key
_MENTION = re.compile(r"(?<![\w/])([@＠])([^\W_][\w.-]*(?:@[\w-]+(?:\.[\w-]+)+)?|_[\w.-]*)")
_URL = re.compile(r"https?://[^\s<>\"'”»)]+")
_SITES = frozenset(site for p in platforms.PLATFORMS for site in p.sites)
_TEXTS = ("text", "post_text", "context_before", "context_after", "heading", "quote", "sentence", "alt", "title")
_ADDRESSES = ("author_url", "url", "page_url", "target", "short", "expanded", "display", "source_url")
_OF_THE_POST = ("platform_id", "key", "post", "permalink")  # by which anyone finds the post, and who wrote it
_NAMES = ("author_name", "shown_name", "name")
_HANDLES = ("handle", "url_handle", "shown_handle", "handle_key")
_FEWEST = 3  # letters of a name that is looked for in texts
_LEFT_OUT = ("html", "told")  # they hold all of it again


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Replaces what names a private account: `user-` and 16 hex digits, the same for one account under one key.

    Accounts in `public` stay as they are: `platform:handle`, or a handle on any platform, without regard to case.
    Words are not read for names: who is named in prose without an @ stays named.
    """

    key: bytes
    public: frozenset[str] = frozenset()

    def handle(self, platform: str, handle: str) -> str:
        """What stands for a handle; itself where the account is public."""
        return handle if self.is_public(platform, handle) else f"user-{self._digest(platform, _plain(handle))}"

    def is_public(self, platform: str, handle: str) -> bool:
        plain = _plain(handle)
        return plain in self.public or f"{platform}:{plain}" in self.public

    def is_listed(self, account: str) -> bool:
        """Whether an account, `platform:handle` or a handle, is public as it is written."""
        return _account(account) in self.public or _plain(account.rpartition(":")[2]) in self.public

    def names(self, *told: str | None) -> tuple[str, ...]:
        """Of handles and names those that can be looked for in texts, the longest first."""
        return tuple(
            sorted({each for each in told if each and len(each) >= _FEWEST}, key=lambda each: (-len(each), each))
        )

    def post(self, platform: str, key: str) -> str:
        """What stands for a post's key or id."""
        return f"post-{self._digest(platform, key)}"

    def text(self, platform: str, text: str, names: Sequence[str] = ()) -> str:
        """A text with what stands for the accounts that it names with an @, or by an address.

        `names` are what `names` told of the author, which become `⟦author⟧` where they stand without an @.
        """
        text = _URL.sub(lambda found: self.url(found[0]), text)
        text = _MENTION.sub(lambda found: self._mention(platform, found), text)
        for name in names:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "⟦author⟧", text, flags=re.IGNORECASE)
        return text

    def url(self, url: str) -> str:
        """An address on a platform without the account and the post; any other as it is."""
        post = platforms.named(url)
        if post is not None:
            if post.handle and self.is_public(post.platform, post.handle):
                return url
            return f"post:{self._digest(post.platform, post.key or url)}"
        parts = urlsplit(url if "://" in url else f"https://{url}")
        labels = (parts.hostname or "").split(".")
        handle = next((each for each in parts.path.split("/") if each), "").lstrip("@")
        if not handle or not _SITES & {*labels, ".".join(labels[-2:])}:
            return url
        platform = next(p.name for p in platforms.PLATFORMS if {*labels, ".".join(labels[-2:])} & set(p.sites))
        return url if self.is_public(platform, handle) else self.handle(platform, handle)

    def row(self, columns: Sequence[str]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        """What makes of a row of these columns the row to be exported."""

        def replaced(values: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(self._fields(dict(zip(columns, values, strict=True))).values())

        return replaced

    def line(self, line: str) -> str:
        """A line of JSON, an object with the names that `archiver extract` prints, as it is to be exported."""
        return json.dumps(self._fields(json.loads(line)), ensure_ascii=False)

    def _fields(self, fields: dict[str, Any]) -> dict[str, Any]:
        platform = str(fields.get("platform") or "")
        handle = next((fields[name] for name in _HANDLES if fields.get(name)), None)
        is_public = bool(handle) and self.is_public(platform, str(handle))
        known = self.names(*(fields.get(name) for name in (*_HANDLES, *_NAMES))) if not is_public else ()
        return {
            name: self.text(platform, value, known)
            if name in _TEXTS and isinstance(value, str)
            else self._field(name, value, platform, handle, is_public)
            for name, value in fields.items()
        }

    def _field(self, name: str, value: Any, platform: str, handle: str | None, is_public: bool) -> Any:
        if value is None or name in _LEFT_OUT:
            return None
        if name in _HANDLES:
            return self.handle(platform, str(value))
        if name in _NAMES:
            return value if is_public else self.handle(platform, handle or str(value))
        if name in _OF_THE_POST:
            return value if is_public else self.post(platform, str(value))
        if name == "mentions":
            return _listed(value, lambda each: self.handle(platform, str(each)))
        if name in ("links", "media"):
            return _listed(value, lambda each: {n: self._part(n, v, platform) for n, v in dict(each).items()})
        return self._part(name, value, platform)

    def _part(self, name: str, value: Any, platform: str) -> Any:
        if not isinstance(value, str):
            return value
        if name in _ADDRESSES:
            return self.url(value)
        return self.text(platform, value) if name in _TEXTS else value

    def _mention(self, platform: str, found: re.Match[str]) -> str:
        handle = found[2].rstrip(".-")
        return f"{found[1]}{self.handle(platform, handle)}{found[2][len(handle) :]}"

    def _digest(self, platform: str, value: str) -> str:
        return hmac.new(self.key, f"{platform}\n{value}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:16]


def made(key: Path | None, public: Path | None) -> Pseudonyms:
    """Pseudonyms by the key in a file, else in the variable ARCHIVER_PSEUDONYM_KEY, and a list of public accounts.

    The list has an account a line, `platform:handle` or a handle; lines that begin with # say nothing. Raises
    TargetError where there is no key, or a short one, or a file cannot be read.
    """
    secret = _read(key).strip() if key else os.environ.get(VARIABLE, "").encode()
    if len(secret) < _SHORTEST:
        cure = "make one with: openssl rand -hex 32"
        raise TargetError(str(key or VARIABLE), f"holds no key of at least {_SHORTEST} bytes", cure)
    lines = _read(public).decode("utf-8", "replace").splitlines() if public else []
    return Pseudonyms(secret, frozenset(_account(each) for each in lines if each.strip() and each.strip()[0] != "#"))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TargetError(str(path), f"cannot be read: {error.strerror}") from error


def _account(line: str) -> str:
    platform, mark, handle = line.strip().partition(":")
    return f"{platform.lower()}:{_plain(handle)}" if mark else _plain(platform)


def _plain(handle: str) -> str:
    return handle.lstrip("@＠").casefold()


def _listed(value: Any, change: Callable[[Any], Any]) -> Any:
    """A list with each of its values changed; one that is written as JSON stays written so."""
    if isinstance(value, str):
        return json.dumps([change(each) for each in json.loads(value)], ensure_ascii=False)
    return [change(each) for each in value]
