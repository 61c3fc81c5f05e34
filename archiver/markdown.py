"""Markdown to an HTML page, shortcodes and raw HTML kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from archiver import frontmatter, shortcodes

__all__ = ["html"]

_CODE = ("<pre", "<code", "<script", "<style", "<textarea", "<!--")
_QUOTE = re.compile(r"<blockquote\s", re.IGNORECASE)
_QUOTE_ENDS = re.compile(r"</blockquote\s*>", re.IGNORECASE)
_ATTRIBUTES = re.compile(r"\{:[^{}\n]{1,200}\}")  # kramdown's, behind a link or a block
_LONGEST_QUOTE = 200  # lines


def html(text: str) -> str:
    """The page that a Markdown source makes: front matter as its head, shortcodes of posts as elements."""
    told, body = frontmatter.split(text)
    rendered = _reader().render(_ATTRIBUTES.sub("", body))
    return f"{frontmatter.head(told)}<body>{rendered}</body></html>"


def _reader() -> MarkdownIt:
    """CommonMark with tables, but without code by indentation: the embeds that people paste are indented."""
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")
    reader.block.ruler.before("html_block", "quote", _quote, {"alt": ["paragraph", "reference", "blockquote"]})
    reader.inline.ruler.before("escape", "shortcode", _shortcode)
    reader.add_render_rule("html_block", _html_block)
    return reader


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A blockquote in HTML with attributes, as embeds are, to its end: an empty line in a post ends no embed."""
    if not _QUOTE.match(state.src, state.bMarks[start] + state.tShift[start]):
        return False
    for line in range(start, min(end, start + _LONGEST_QUOTE)):
        if _QUOTE_ENDS.search(state.src, state.bMarks[line], state.eMarks[line]):
            if not silent:
                state.line = line + 1
                state.push("html_block", "", 0).content = state.getLines(start, line + 1, state.blkIndent, True)
            return True
    return False


def _shortcode(state: StateInline, silent: bool) -> bool:
    found = shortcodes.element(state.src, state.pos) if state.src[state.pos] in "{[%" else None
    if found is None:
        return False
    element, state.pos = found
    if not silent:
        state.push("html_inline", "", 0).content = element
    return True


def _html_block(
    renderer: RendererHTML,  # noqa: ARG001
    tokens: Sequence[Token],
    at: int,
    options: OptionsDict,  # noqa: ARG001
    env: EnvType,  # noqa: ARG001
) -> str:
    content = tokens[at].content
    return content if any(tag in content.lower() for tag in _CODE) else shortcodes.expand(content)
