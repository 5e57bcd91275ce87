"""Reading: opening a file safely, and getting from bytes to columns of text.

Nothing here knows a tracker. A file is opened (`files`), its bytes become UTF-8 (`encodings`), and
its rows become columns of text (`delimited` for CSV, `workbooks` and `markup` for the `sheets` of
Excel files and web pages, `records` and `paths` for JSON, `parquet`). What a column means is
decided in `trackers`; what cannot be read comes back as rejects with their row number.
"""
