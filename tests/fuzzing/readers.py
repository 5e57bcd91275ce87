"""Targets that are files: each tracker's in each form that it writes, catalogs, our own tables."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import pmanalytics as pma
from pmanalytics.catalogs import read_catalog
from pmanalytics.settings import Settings, Source
from pmanalytics.trackers import TRACKERS, Tracker, read_file
from tests.fuzzing.invariants import keeps_all_rows, keeps_its_rows, refused_in_a_sentence
from tests.fuzzing.targets import Target
from tests.trackers.samples import ENDINGS, EXPORTS, in_form, source_of

__all__ = ["TARGETS"]

ROOT: Final = Path(__file__).parents[2]
CATALOGS: Final = ROOT / "tests" / "registry_samples"
SAMPLE: Final = ROOT / "data" / "sample"
OWN: Final = ("incidents", "services", "teams", "people", "attendance", "decisions")
LINES: Final = 12  # of a table of the sample organisation


def read_alone(data: bytes, folder: Path, *, name: str, source: Source) -> None:
    """Read a file as a tracker's."""
    path = folder / name
    path.write_bytes(data)
    with refused_in_a_sentence(name):
        keeps_its_rows(read_file(path, source=source, settings=Settings(), name=name))


def read_registry(data: bytes, folder: Path, *, name: str) -> None:
    """Read a file as a catalog; every service says in which row it stands."""
    path = folder / name
    path.write_bytes(data)
    with refused_in_a_sentence(name):
        read = read_catalog(path, name=name)
        keeps_its_rows(read)
        services = read.tables["services"]
        assert services["row"].notna().all()
        assert services["service"].notna().all()


def read_whole(data: bytes, folder: Path, *, name: str) -> None:
    """Read a file as a dataset, check it, and judge what it holds."""
    path = folder / name
    path.write_bytes(data)
    with refused_in_a_sentence(name):
        found = pma.read(path)
        keeps_all_rows(found)
        pma.check(found)
        assert len(pma.snapshot(found, as_of="2026-10-12").items) <= len(found.items)


def _of_tracker(tracker: Tracker, form: str) -> Target:
    name = f"export{ENDINGS[form][0]}"
    return Target(
        name=f"{tracker.name}-{form}",
        form="text" if form == "markdown" else form,
        seeds=lambda: [in_form(tracker, form) or b""],
        work=partial(read_alone, name=name, source=source_of(tracker)),
    )


def _first_lines(path: Path) -> bytes:
    return b"".join(path.read_bytes().splitlines(keepends=True)[:LINES])


def _seeds(path: Path, *, shortened: bool = False) -> Callable[[], list[bytes]]:
    return lambda: [_first_lines(path) if shortened else path.read_bytes()]


def _exports(suffix: str) -> list[bytes]:
    # A few, because each takes ten times as long as it does alone.
    files = [path for path in sorted(EXPORTS.iterdir()) if path.suffix == suffix]
    return [path.read_bytes() for path in files[::4]]


def _form_of(path: Path) -> str:
    suffix = path.suffix or path.name
    return {".csv": "csv", ".json": "json", ".xlsx": "xlsx"}.get(suffix, "text")


TARGETS: Final = (
    *(
        _of_tracker(tracker, form)
        for tracker in TRACKERS
        for form in tracker.forms
        if in_form(tracker, form) is not None
    ),
    *(
        Target(
            name=f"catalog-{path.name}",
            form=_form_of(path),
            seeds=_seeds(path),
            work=partial(read_registry, name=path.name),
        )
        for path in sorted(CATALOGS.iterdir())
    ),
    *(
        Target(
            name=f"own-{table}",
            form="csv",
            seeds=_seeds(SAMPLE / f"{table}.csv", shortened=True),
            work=partial(read_whole, name=f"{table}.csv"),
        )
        for table in OWN
    ),
    *(
        Target(
            name=f"whole-{suffix[1:]}",
            form=_form_of(Path(suffix)),
            seeds=partial(_exports, suffix),
            work=partial(read_whole, name=f"export{suffix}"),
        )
        for suffix in (".csv", ".json", ".xlsx", ".md")
    ),
)
