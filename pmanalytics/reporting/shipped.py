"""Files that come with the package: in the wheel inside it, in a checkout beside it."""

from pathlib import Path
from typing import Final

import pmanalytics

__all__ = ["SAMPLE_FOLDER", "shipped_folder"]

SAMPLE_FOLDER: Final = "data/sample"


def shipped_folder(name: str) -> Path:
    """Find a folder that ships with the package, such as `notebooks` or `data/sample`.

    It need not exist.

    Examples:
        >>> shipped_folder("notebooks").name
        'notebooks'
    """
    package = Path(pmanalytics.__file__).resolve().parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
