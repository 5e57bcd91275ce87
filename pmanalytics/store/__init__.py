"""The store: what every export said, kept as Parquet for longer than the exports themselves.

A store is a folder. Each export gives parts, which are never changed, and one ledger, which names
its parts and is written last: what no ledger names does not count. Any engine that reads Parquet
reads the parts; a number made from the item_id says in which folder all that is known of an item
lies.

    store/pmanalytics-store.json                       what it is, and how many buckets it has
    store/exports/<sha256>.json                        one ledger for each export
    store/items/bucket=03/<sha256>-<reading>.parquet   its items, and so events
    store/incidents/<sha256>-<reading>.parquet         and what else it holds
"""

__all__: list[str] = []
