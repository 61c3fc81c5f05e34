"""HTML pages that need nothing but themselves."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from archiver.exports import _letters, _words

__all__ = ["template"]


def template(name: str) -> Template:
    """A template of the folder beside; all that it is given is escaped."""
    return _ENVIRONMENT.get_template(name)


def _text(text: str) -> str:
    """A text with its lines, without invisible characters."""
    return "\n".join(_letters.lines(text)).strip()


def _sentence(text: str) -> str:
    """A text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


_ENVIRONMENT = Environment(
    loader=PackageLoader("archiver.exports"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {
    "after": _words.after,
    "before": _words.before,
    "how": _words.how,
    "line": _letters.line,
    "page": _words.page,
    "platform": _words.platform,
    "sentence": _sentence,
    "text": _text,
    "weblink": _letters.link,
}
_ENVIRONMENT.globals |= {"author": _words.author, "moment": _words.moment}
