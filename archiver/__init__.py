"""Finds the social posts embedded in articles and archives them."""

__version__ = "0.1.0"
