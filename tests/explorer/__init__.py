"""Tests of the explorer. Datasette loads our plugin; who imports the plugin first leaves Datasette half of it."""

import datasette.app  # noqa: F401
