"""Questions about a URL: canonical form, outlet, wrappers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit, urlunsplit

from publicsuffixlist import PublicSuffixList

__all__ = ["archived_at", "canonical", "carried", "host", "is_web", "join", "outlet", "unwrap", "without_credentials"]

# https://archive.org/services/docs/api/wayback.html: a capture's address is /web/<14 digits><modifier>/<address>.
_WAYBACK = re.compile(r"(?:https?:)?(?://web\.archive\.org)?/web/(\d{4,14})(?:[a-z]{2}_)?/(?=https?:|//)", re.ASCII)
_ADDRESS = re.compile(r"[^\s\"'<>]{0,500}")
_SECONDS = 14  # digits of a time down to the second, as an archive's own addresses have it
_ENCODED = re.compile(r"(?:https?%3a)?%2f%2f", re.IGNORECASE)
_BUTTON = re.compile(
    r"/intent/|/sharer|/share(?:\.php|/|-offsite/?)?\?|_button(?:\.\w{5,40})?\.html|/like\.php", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_SUFFIXES: list[PublicSuffixList] = []


def is_web(url: str | None) -> bool:
    """Whether this is an absolute http(s) URL with a host and without blanks or control characters."""
    if not url or _CONTROL.search(url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def host(url: str) -> str | None:
    """The lower-case host of a URL, None where there is none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def join(base: str | None, url: str) -> str:
    """`url` made absolute against `base`; `url` itself where it is absolute or cannot be joined."""
    if base is None:
        return url
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def unwrap(url: str) -> str:
    """The address inside a web archive's address, or one written with %3A for its colon; else the URL itself."""
    url = url.strip()
    if _ENCODED.match(url):
        url = unquote(url)
    at = 0
    while "/web/" in url[at : at + 40] and (match := _WAYBACK.match(url, at)):
        at = match.end()
    return url[at:]


def archived_at(text: str, of: str = "") -> datetime | None:
    """When a web archive captured what the first of its addresses in a text leads to; None where there is none.

    Only an address that leads to something with `of` in its own counts.
    """
    for match in _WAYBACK.finditer(text) if "/web/" in text else ():
        leads_to = _ADDRESS.match(text, match.end())
        if len(match[1]) == _SECONDS and leads_to and of in leads_to[0]:
            try:
                return datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            except ValueError:
                continue
    return None


def carried(url: str) -> list[str]:
    """The URL and those that its query carries, as the addresses of Embedly's, iframely's and other players do.

    What a button to share or to follow carries is what it would share, and nothing that is shown.
    """
    url = unwrap(url)
    found = [url]
    for inner in _in_query(url):
        found += [inner, *_in_query(inner)]
    return found


def _in_query(url: str) -> list[str]:
    if "?" not in url or _BUTTON.search(url, 0, 300):
        return []
    try:
        query = urlsplit(url.replace("&amp;", "&")).query
        return [unwrap(value) for _, value in parse_qsl(query, max_num_fields=50) if "//" in value]
    except ValueError:
        return []


def without_credentials(url: str) -> str:
    """The URL without `user:password@`; one that cannot be parsed loses all before its last @."""
    scheme, slashes, rest = url.partition("//")
    try:
        parts = urlsplit(slashes + rest)
        parts.port  # noqa: B018  raises ValueError where a password with a slash looks like a port
    except ValueError:
        return scheme + slashes + rest.rpartition("@")[2]
    if "@" not in parts.netloc:
        return url
    return scheme + urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def canonical(url: str) -> str:
    """The URL that names a page: no fragment, credentials, default port or tracking parameters; host in lower case."""
    try:
        parts = urlsplit(unwrap(url))
        port = parts.port
    except ValueError:
        return url
    name = (parts.hostname or "").rstrip(".")
    if port is not None and (parts.scheme, port) not in (("http", 80), ("https", 443)):
        name = f"{name}:{port}"
    query = "&".join(p for p in parts.query.split("&") if p and not _is_tracking(p))
    return urlunsplit((parts.scheme.lower(), name, parts.path or "/", query, ""))


@lru_cache(maxsize=4096)
def outlet(url: str) -> str | None:
    """The registrable domain of a URL by the public suffix list; None for a file, an address or a bare suffix."""
    name = host(url)
    if not name or not is_web(url) or name.replace(".", "").isdigit() or ":" in name:
        return None
    if not _SUFFIXES:
        _SUFFIXES.append(PublicSuffixList())
    try:
        domain = unquote(name).encode("idna").decode("ascii")
    except UnicodeError:
        return None
    found = _SUFFIXES[0].privatesuffix(domain)
    return str(found) if found else None


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name.startswith("utm_") or name in {
        "fbclid",
        "gclid",
        "ref_src",
        "mc_cid",
        "mc_eid",
        "igshid",
        "igsh",
    }
