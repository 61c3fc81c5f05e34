"""Workers: each reads pages in its own way."""
