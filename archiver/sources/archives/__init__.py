"""Files of web archives: WARC, WACZ, HAR."""
