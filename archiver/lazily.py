"""Modules that are loaded when first used."""

from __future__ import annotations

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType

__all__ = ["module"]


def module(name: str) -> ModuleType:
    """A module that most runs do without: its code runs when something in it is first asked for.

    Beside it stands an import under `TYPE_CHECKING`, for readers, type checkers and the test of layers.
    """
    if name in sys.modules:
        return sys.modules[name]
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    spec.loader = LazyLoader(spec.loader)
    found = module_from_spec(spec)
    sys.modules[name] = found
    spec.loader.exec_module(found)
    return found
