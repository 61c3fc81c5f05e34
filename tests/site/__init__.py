"""A site on loopback that misbehaves in every way that sites do."""

from __future__ import annotations

from tests.site.pages import Asked
from tests.site.server import Site, serving

__all__ = ["Asked", "Site", "serving"]
