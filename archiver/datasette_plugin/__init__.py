"""What Datasette shows of an archive beyond its tables."""

from __future__ import annotations

from datasette import handle_exception, hookimpl

__all__ = ["extra_css_urls"]

# Where rich is installed, Datasette prints every 404 to the terminal with all local variables, and answers 500 to a
# 404 that was not raised. We need rich for progress; for this purpose Datasette shall not see it.
handle_exception.rich = None


@hookimpl  # type: ignore[untyped-decorator]
def extra_css_urls() -> list[str]:
    """Our style sheet, served by Datasette itself."""
    return ["/-/static-plugins/social-post-archiver/explorer.css"]
