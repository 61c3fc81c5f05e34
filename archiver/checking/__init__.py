"""Whether posts are still there, by the platforms' public endpoints."""

from __future__ import annotations

from archiver.checking._asking import Manners
from archiver.checking._endpoints import ENDPOINTS, Endpoint, Ways, platforms
from archiver.checking._recovering import Recovering, Searched
from archiver.checking._rounds import Looked, Round
from archiver.checking._token import token

__all__ = [
    "ENDPOINTS",
    "Endpoint",
    "Looked",
    "Manners",
    "Recovering",
    "Round",
    "Searched",
    "Ways",
    "platforms",
    "token",
]
