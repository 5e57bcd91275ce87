"""Parquet: columns that have types already."""

import pyarrow as pa
import pyarrow.parquet as pq

from pmanalytics.errors import InputError

__all__ = ["looks_like_parquet", "read_parquet"]

LARGEST_TABLE = 8_000_000_000


def looks_like_parquet(content: bytes) -> bool:
    """Whether a file begins and ends like Parquet."""
    return content[:4] == b"PAR1"


def read_parquet(content: bytes, *, name: str) -> pa.Table:
    """The table of a Parquet file.

    Raises InputError when the file is damaged, or would be far larger in memory than any export.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        groups = range(file.metadata.num_row_groups)
        size = sum(file.metadata.row_group(group).total_byte_size for group in groups)
        if size > LARGEST_TABLE:
            raise InputError(f"{name} unpacks to {size / 1e9:.0f} GB; split it into several files.")
        table = file.read()
        # Text that is not UTF-8 is read as it is, and fails wherever it is looked at first.
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise InputError(
            f"{name} is damaged and cannot be read as Parquet; write it again."
        ) from problem
    return table
