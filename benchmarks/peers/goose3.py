"""goose3's article extraction, tweets among it, on given HTML."""

from __future__ import annotations

from goose3 import Goose  # type: ignore[import-not-found]

from benchmarks.peers._measure import decoded, measure

__all__ = ["read"]

_GOOSE = Goose({"enable_image_fetching": False})


def read(html: str) -> int:
    """The number of tweets; goose3 looks for them in the article that it has found, and has no shorter way."""
    return len(_GOOSE.extract(raw_html=html).tweets or ())


if __name__ == "__main__":
    measure(decoded, read)
