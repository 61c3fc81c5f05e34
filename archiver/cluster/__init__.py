"""Many WARC files to Parquet parts, on many machines."""
