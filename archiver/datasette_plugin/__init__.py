"""What Datasette shows of an archive beyond its tables."""

from __future__ import annotations

from datasette import handle_exception, hookimpl
from datasette.filters import FilterArguments
from datasette.utils.asgi import Request

__all__ = ["extra_css_urls", "filters_from_request"]

# Where rich is installed, Datasette prints every 404 to the terminal with all local variables, and answers 500 to a
# 404 that was not raised. We need rich for progress; for this purpose Datasette shall not see it.
handle_exception.rich = None


@hookimpl  # type: ignore[untyped-decorator]
def extra_css_urls() -> list[str]:
    """Our style sheet, served by Datasette itself."""
    return ["/-/static-plugins/social-post-archiver/explorer.css"]


@hookimpl  # type: ignore[untyped-decorator]
def filters_from_request(request: Request, table: str) -> FilterArguments | None:
    """Leaves posts that pages only link to out of rows, counts and facets, unless `_links=1` asks for them."""
    if table != "posts" or request.args.get("_links"):
        return None
    return FilterArguments(["posts.n_embeds > 0"], human_descriptions=["embedded in a page (_links=1: also links)"])
