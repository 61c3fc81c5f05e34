"""Modules that need what may not be installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

__all__ = ["cluster"]


def cluster(name: str, command: str) -> Any:
    """A module of the cluster, for a command. Raises click.ClickException where the extra is missing."""
    try:
        return import_module(f"archiver.cluster.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("archiver"):
            raise
        cure = "pip install 'social-post-archiver[cluster]'"
        raise click.ClickException(f"archiver {command} needs {error.name}, which is not installed ({cure})") from error
