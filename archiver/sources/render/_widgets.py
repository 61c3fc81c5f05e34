"""Scripts of the platforms that replace embeds by frames."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = ["is_widget"]

# Hosts that serve widgets and nothing that a page builds its embeds from (that is what publish.twitter.com does).
_HOSTS = frozenset(
    """
    platform.twitter.com platform.x.com syndication.twitter.com
    platform.instagram.com connect.facebook.net platform.linkedin.com
    embed.reddit.com embed.redditmedia.com www.redditmedia.com
    embed.bsky.app embed.tumblr.com widgets.pinterest.com
    """.split()
)
# Elsewhere only these scripts: the platform's domain, and how the path begins.
_SCRIPTS = tuple(
    (domain, re.compile(path))
    for domain, path in (
        ("instagram.com", r"/(?:static/bundles/.*)?embeds?\.js|/en_US/embeds\.js"),
        ("tiktok.com", r"/(?:static/)?embed(?:_lib)?[\w.-]*\.js"),
        ("ttwstatic.com", r"/.*embed"),
        ("tiktokcdn.com", r"/.*embed"),
        ("facebook.com", r"/.*sdk\.js"),
        ("redditstatic.com", r"/.*embed"),
        ("threads.net", r"/embed\.js"),
        ("threads.com", r"/embed\.js"),
        ("bsky.app", r"/static/embed\.js"),
        ("pinterest.com", r"/.*pinit"),
        ("pinimg.com", r"/.*pinit"),
        ("telegram.org", r"/js/(?:telegram-)?widget"),
        ("tumblr.com", r"/post\.js|/.*embed"),
        ("vk.com", r"/js/api/"),
        ("vk.ru", r"/js/api/"),
        ("vine.co", r"/static/scripts/embed\.js"),
        ("embedly.com", r"/widgets/platform\.js"),
        ("ampproject.org", r"/.*/amp-(?:bluesky|facebook|instagram|pinterest|reddit|tiktok|twitter|vine|vk|youtube)\b"),
    )
)
_MASTODON = re.compile(r"/embed\.js")  # of whatever instance, and of Truth Social


def is_widget(url: str, page: str) -> bool:
    """Whether a script at `url`, asked for by the page at `page`, is one that would replace the page's embeds."""
    try:
        parts, own = urlsplit(url), urlsplit(page).hostname
    except ValueError:
        return False
    host = parts.hostname or ""
    if host in _HOSTS:
        return True
    if host != own and _MASTODON.fullmatch(parts.path):
        return True
    return any((host == of or host.endswith(f".{of}")) and path.match(parts.path) for of, path in _SCRIPTS)
