"""Cells of Datasette's own pages: addresses, and nothing else."""

from __future__ import annotations

from markupsafe import Markup, escape

from archiver.datasette_plugin.pages import _links

__all__ = ["cell"]


def cell(value: object, truncated_at: int) -> Markup | None:
    """A link for an address that leads out, plain text for what only begins like one; None for anything else."""
    if not isinstance(value, str) or not value.lower().startswith(("http://", "https://")):
        return None
    words = value if not truncated_at or len(value) <= truncated_at else value[:truncated_at] + "…"
    link = _links.outward(value)
    if link is None:
        return escape(words)
    return Markup('<a href="{}" rel="nofollow noopener noreferrer">{}</a>').format(link, words)
