"""Catalogs: the registry files of other tools, read into services, teams and people.

Each module of a catalog holds one `Catalog` value, and `opening.CATALOGS` lists them. Adding a kind
is one module and one line there; the tests over all catalogs pick it up.
"""

from pathlib import Path
from typing import Final

import pandas as pd

from pmanalytics.catalogs.documents import form_of
from pmanalytics.catalogs.model import Catalog
from pmanalytics.catalogs.opening import CATALOGS, OpenedCatalog, open_catalog
from pmanalytics.catalogs.registering import file_tables
from pmanalytics.errors import InputError
from pmanalytics.trackers.model import FileTables

__all__ = [
    "CATALOGS",
    "Catalog",
    "OpenedCatalog",
    "file_tables",
    "form_of",
    "list_catalogs",
    "open_catalog",
    "read_catalog",
]

_SHOWN: Final = ("name", "title", "form", "verified", "export")


def read_catalog(path: Path, *, name: str) -> FileTables:
    """Read one catalog into services, teams and people.

    `name` is how messages call the file. The column `row` holds the line in which an entry begins,
    or the number of a JSON record. An owner who is a person stands for that person's team, if there
    is exactly one. Entries without a name are rejects; those that give no row are filtered. `rows`
    counts the rows of the tables, the filtered and the rejects, for one team gives many rows.

    Raises InputError when the file cannot be read or is no catalog.
    """
    opened = open_catalog(path, name=name)
    if opened is None:
        raise InputError(f"{name} is no catalog of services; name the right file.")
    return file_tables([opened])[0]


def list_catalogs() -> pd.DataFrame:
    """The kinds of catalogs that are read.

    One row per kind: name, title, form (yaml, json or text), verified (how well the format is
    known) and export (where a person finds one).

    Examples:
        >>> list_catalogs()["name"].tolist()
        ['backstage', 'cortex', 'opslevel', 'pagerduty_services', 'codeowners']
    """
    rows = [(c.name, c.title, ", ".join(c.forms), c.verified, c.export) for c in CATALOGS]
    return pd.DataFrame(rows, columns=list(_SHOWN)).astype("str")
