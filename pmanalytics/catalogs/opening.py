"""Opening a catalog: which kind it is, told from its content, and what it holds."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pmanalytics.catalogs import backstage, codeowners, cortex, opslevel, pagerduty
from pmanalytics.catalogs.documents import LARGEST_CATALOG, content_of, documents, form_of
from pmanalytics.catalogs.model import Catalog, Contents, Document, Form
from pmanalytics.errors import InputError

__all__ = ["CATALOGS", "OpenedCatalog", "open_catalog"]

CATALOGS: Final[tuple[Catalog, ...]] = (
    backstage.CATALOG,
    cortex.CATALOG,
    opslevel.CATALOG,
    pagerduty.CATALOG,
    codeowners.CATALOG,
)
# What JSON of a catalog says near its beginning, so that exports of trackers are not parsed twice.
_TELLING: Final = re.compile(
    rb'"(?:services|teams|users)"\s*:\s*\['
    rb'|"type"\s*:\s*"(?:service|team|user)(?:_reference)?"'
    rb'|"apiVersion"|"x-cortex-'
)
_BEGINNING: Final = 65_536


@dataclass(frozen=True)
class OpenedCatalog:
    """A file of a catalog, read: its kind, what it holds, and how people call it."""

    name: str
    sha256: str
    catalog: Catalog
    contents: Contents


def open_catalog(path: Path, *, name: str) -> OpenedCatalog | None:
    """Open a file if it is a catalog.

    YAML and CODEOWNERS files must be one; JSON may be an export of a tracker, and any other file is
    none, for which None is returned. `name` is how messages call the file. Raises InputError when
    the file cannot be read or is of no known kind, or of several.
    """
    form = form_of(path)
    if form is None or (form == "json" and not _may_be_catalog(path)):
        return None
    content = content_of(path, name=name)
    found = documents(content, form, name=name)
    catalog = _recognised(found, form, name)
    if catalog is None and form == "json":
        return None
    if catalog is None:
        raise InputError(_unknown(form, name))
    digest = hashlib.sha256(content).hexdigest()
    return OpenedCatalog(name, digest, catalog, catalog.read(found))


def _may_be_catalog(path: Path) -> bool:
    try:
        if path.stat().st_size > LARGEST_CATALOG:
            return False
        with path.open("rb") as file:
            return bool(_TELLING.search(file.read(_BEGINNING)))
    except OSError:
        return False


def _recognised(found: Sequence[Document], form: Form, name: str) -> Catalog | None:
    holding = [
        catalog
        for catalog in CATALOGS
        if form in catalog.forms and any(catalog.holds(document) for _, document in found)
    ]
    if len(holding) > 1:
        kinds = " and ".join(catalog.name for catalog in holding)
        raise InputError(f"{name} holds entries of {kinds}; split it into one file for each.")
    return holding[0] if holding else None


def _unknown(form: Form, name: str) -> str:
    if form == "text":
        return f"{name} holds no rule of CODEOWNERS (a pattern and owners); leave it out."
    titles = [catalog.name for catalog in CATALOGS if form in catalog.forms]
    return (
        f"{name} holds no entry of a catalog ({', '.join(titles)}); leave it out, or name the "
        "right file under [registry]."
    )
