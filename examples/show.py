"""Prints what an archive holds: `python examples/show.py demo.db`."""

from __future__ import annotations

import json
import sqlite3
import sys
import textwrap

_POSTS = """
    select posts.*, authors.handle, authors.name
    from posts
    left join authors on authors.id = posts.author_id
    order by posts.id desc
"""

_KNOWN = {"id_snowflake": "from its id", "embed_text_utc_day": "as the embed prints it"}


def main(path: str) -> None:
    """One paragraph a post: who, when and how that is known, what, and which hashtags from where."""
    archive = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    archive.row_factory = sqlite3.Row
    for post in archive.execute(_POSTS):
        when = post["posted_at"][:10] if post["time_precision"] == "day" else post["posted_at"]
        print(f"{post['name']} (@{post['handle']}), {when} {_KNOWN[post['time_source']]}, in {post['n_pages']} pages")
        print(textwrap.indent(textwrap.fill(post["text"], 96), "    "))
        around = set(json.loads(post["context_hashtags"]))
        for tag in json.loads(post["hashtags"]):
            print(f"    #{tag} ({'in the words around it' if tag in around else 'in the post'})")
        print(f"    {post['permalink'] or 'no id: no page that was archived tells it'}")


if __name__ == "__main__":
    main(sys.argv[1])
