"""The layout of a store: its folders, its own manifest, and the bucket of each item."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
import pandas as pd
import pyarrow as pa

from pmanalytics.errors import InputError

__all__ = [
    "BUCKETED",
    "LEDGERS",
    "MANIFEST",
    "MOST_BUCKETS",
    "NEW",
    "Store",
    "buckets_of",
    "is_store",
    "open_store",
]

MANIFEST: Final = "pmanalytics-store.json"
LEDGERS: Final = "exports"
NEW: Final = ".new"  # beginning of names that no reader of Parquet folders looks at
SCHEMA: Final = 1
MOST_BUCKETS: Final = 4096
# The tables whose rows lie by item, and the column that names the item.
BUCKETED: Final = {"items": "item_id", "events": "subject"}


@dataclass(frozen=True)
class Store:
    """A store: its folder, and into how many buckets its items are divided, once for all."""

    folder: Path
    buckets: int

    def place_of(self, table: str, bucket: int, stem: str) -> Path:
        """Where a part lies, relative to the store."""
        within = self.bucket_folder(table, bucket) if table in BUCKETED else table
        return Path(within, f"{stem}.parquet")

    def bucket_folder(self, table: str, bucket: int) -> str:
        """The folder in which the rows of a bucket lie, relative to the store."""
        return f"{table}/bucket={bucket:02d}"

    def written(self) -> str:
        """The text of its manifest."""
        rule = "crc32 of the item_id in UTF-8, modulo the number of buckets"
        said = {"schema": SCHEMA, "buckets": self.buckets, "bucket": rule}
        return json.dumps(said, indent=1) + "\n"


def is_store(folder: Path) -> bool:
    """Whether a folder is a store."""
    return (folder / MANIFEST).is_file()


def open_store(folder: Path) -> Store:
    """The store that a folder is.

    Raises InputError when it is none, or was made by another version of the package.
    """
    try:
        said = json.loads((folder / MANIFEST).read_text("utf-8"))
        schema, buckets = said["schema"], said["buckets"]
    except OSError as problem:
        raise InputError(
            f"{str(folder)!r} is no store, because {MANIFEST} cannot be read there "
            f"({problem.strerror}); make one with 'pmanalytics ingest FILE ...'."
        ) from problem
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise InputError(
            f"{MANIFEST} in {str(folder)!r} is damaged; bring it back from a backup."
        ) from problem
    if schema != SCHEMA or not isinstance(buckets, int) or not 1 <= buckets <= MOST_BUCKETS:
        raise InputError(
            f"The store {str(folder)!r} has the form {schema!r}, and this version of pmanalytics "
            f"reads the form {SCHEMA}; use the version that made it."
        )
    return Store(folder, buckets)


def buckets_of(names: pd.Series, buckets: int) -> np.ndarray:
    """The bucket of each name: crc32 of its UTF-8 bytes, modulo their number; missing is 0.

    Examples:
        >>> buckets_of(pd.Series(["jira:PAY-1", "jira:PAY-2", None]), 8).tolist()
        [6, 4, 0]
    """
    texts = pa.array(names.astype("str"), pa.large_string(), from_pandas=True)
    # The number of the empty text is 0 as well.
    letters = texts.fill_null("").cast(pa.large_binary()).to_numpy(zero_copy_only=False)
    return np.fromiter(map(crc32, letters), dtype=np.int64, count=len(letters)) % buckets
