"""No part of the file names a person, unless the settings allow it."""

import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.workbook import write_workbook


def persons(data: Dataset) -> set[str]:
    """Everybody whom the registry or an item names, also by another of his names."""
    known = {name for owners in data.items["owners"].dropna() for name in owners}
    known |= {name for owners in data.observations["owners"].dropna() for name in owners}
    known |= set(data.people["person"].dropna())
    return {name for name in known if len(name) > 3}


def named(data: Dataset, path: Path) -> set[str]:
    """The persons that any part of the workbook names, its hidden sheets and properties too."""
    taken = pma.snapshot(data, as_of="2026-10-12", period="2026Q3")
    write_workbook(taken, path, about={"title": "Action items"}, findings=pma.check(data))
    with zipfile.ZipFile(path) as parts:
        text = "\n".join(
            [*parts.namelist(), *(unescape(parts.read(name).decode()) for name in parts.namelist())]
        )
    return {name for name in persons(data) if name.casefold() in text.casefold()}


def test_no_part_of_the_file_names_a_person(tmp_path: Path) -> None:
    sample = pma.sample()
    assert len(persons(sample)) > 20
    assert named(sample, tmp_path / "workbook.xlsx") == set()


def test_persons_are_named_where_the_settings_allow_it(tmp_path: Path) -> None:
    sample = pma.sample()
    allowed = replace(sample, settings=replace(sample.settings, persons=True))
    assert len(named(allowed, tmp_path / "workbook.xlsx")) > 5
