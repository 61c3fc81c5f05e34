"""A post as one HTML file without scripts."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from archiver.datasette_plugin.citation import Cited

__all__ = ["card"]

_MOST = 5

# Its own style and nothing else: the file asks nobody for anything, and a reader's program may show it from a disk.
_PAGE = Markup("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; padding: 8px; background: #fff; color: #1b1e25; font: 16px/1.5 system-ui, sans-serif; }}
article {{ max-width: 550px; border: 1px solid #d9d5cc; border-radius: 12px; padding: 16px 18px; }}
p {{ margin: 0 0 10px; overflow-wrap: anywhere; }}
.who b {{ margin-inline-end: 6px; }}
.text {{ white-space: pre-wrap; font-size: 18px; }}
.small, ul {{ color: #5a6069; font-size: 14px; margin: 0; }}
ul {{ padding-inline-start: 18px; overflow-wrap: anywhere; }}
a {{ color: #1d5a9e; }}
@media (prefers-color-scheme: dark) {{
  body {{ background: #16181d; color: #e8e6e1; }}
  article {{ border-color: #3a3f49; }}
  .small, ul {{ color: #a9aeb8; }}
  a {{ color: #8fbdf0; }}
}}
</style>
</head>
<body>
<article>
<p class="who"><b dir="auto">{name}</b> <span class="small" dir="auto">{handle}</span></p>
<p class="text" dir="auto"{lang}>{text}</p>
<p class="small">{when}{platform}{original} · <a href="{address}" rel="noopener">archived copy</a></p>
{places}</article>
</body>
</html>
""")


def card(post: Cited, articles: Iterable[tuple[str | None, str | None, str | None]]) -> str:
    """A self-contained page: no script, no request. `articles` are (title, URL, domain) of those that embed it."""
    told = list(dict.fromkeys(title or domain or url or "" for title, url, domain in articles))
    items = Markup("").join(Markup('<li dir="auto">{}</li>\n').format(words) for words in told[:_MOST] if words)
    name = post.name or (f"@{post.handle}" if post.handle else "Unknown author")
    return str(
        _PAGE.format(
            title=f"{name}: {(post.text or '')[:80]}",
            name=name,
            handle=f"@{post.handle}" if post.handle and post.name else "",
            lang=Markup(' lang="{}"').format(post.lang) if post.lang else "",
            text=post.text or "(no page shows its text)",
            when=f"{_when(post)} · " if post.posted_at else "",
            platform=post.platform,
            original=_link(post.permalink) if post.permalink else "",
            address=post.address,
            places=Markup('<p class="small">Embedded in:</p>\n<ul>\n{}</ul>\n').format(items) if items else "",
        )
    )


def _when(post: Cited) -> str:
    stamp = post.posted_at or ""
    return stamp[:10] if post.is_day else f"{stamp[:10]} {stamp[11:16]} UTC"


def _link(url: str) -> Markup:
    return Markup(' · <a href="{}" rel="nofollow noopener noreferrer">original</a>').format(escape(url))
