"""Reading: opening a file safely, and getting from bytes to columns of text.

Nothing here knows a tracker. A file is opened (`files`), its bytes become UTF-8 (`encodings`), and
its rows become columns of text (`delimited` for CSV, `records` for JSON, `parquet`). What a column
means is decided in `trackers`; what cannot be read comes back as rejects with their row number.
"""
