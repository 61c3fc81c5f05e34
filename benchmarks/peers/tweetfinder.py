"""tweetfinder's embeds and mentions on given HTML."""

from __future__ import annotations

from tweetfinder import Article  # type: ignore[import-not-found]

from benchmarks.peers._measure import decoded, measure

__all__ = ["read"]


def read(html: str) -> int:
    """The number of embedded tweets; the constructor does all the work, and asks the network only without HTML."""
    return int(Article(html=html).count_embedded_tweets())


if __name__ == "__main__":
    measure(decoded, read)
