"""What letters of strangers may stand where."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["line", "lines", "link", "xml", "xml_id"]

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}  # they belong to words and emoji; marks of direction do not
_TAGS = range(0xE0020, 0xE0080)  # the letters of the flags of England, Scotland and Wales
# What XML 1.0 cannot hold, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNWRITABLE_OR_MARK = re.compile(f"{_UNWRITABLE.pattern}|%")
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_UNSAFE = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]")


def line(text: str) -> str:
    """A text as one line without invisible characters, so that none reorders or hides what follows it."""
    return " ".join("".join(map(_visible, text)).split())


def lines(text: str) -> list[str]:
    """The lines of a text, each as `line` makes it."""
    return [line(each) for each in text.splitlines()]


def link(url: str | None) -> str | None:
    """A URL that may be made a link of: of the web, in ASCII; None for any other."""
    if url is None or not _WEB.match(url):
        return None
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), url)


def xml(text: str) -> str:
    """A text that XML 1.0 can hold: a sign of replacement for what it cannot."""
    return _UNWRITABLE.sub("\ufffd", text)


def xml_id(text: str) -> str:
    """The same for names: two that differ stay apart."""
    return _UNWRITABLE_OR_MARK.sub(lambda found: f"%{ord(found[0]):02X}", text)


def _visible(char: str) -> str:
    if char in _JOINERS or ord(char) in _TAGS or unicodedata.category(char) not in _INVISIBLE:
        return char
    return " " if char.isspace() else ""
