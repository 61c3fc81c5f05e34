"""Bytes kept as evidence: WARC files, WACZ packages."""
