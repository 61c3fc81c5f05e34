"""The platforms that can be recognised, in order."""

from __future__ import annotations

from archiver.platforms import twitter
from archiver.platforms._base import Platform, Shape, Signature

__all__ = ["PLATFORMS", "Platform", "Shape", "Signature"]

PLATFORMS: tuple[Platform, ...] = (twitter.PLATFORM,)
