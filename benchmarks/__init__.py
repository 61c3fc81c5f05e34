"""Speed beside other extractors, on real pages."""
