"""The sample's folder: writing it, finding it, reading it."""

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pmanalytics.errors import InputError
from pmanalytics.samples.code_hosts import GITHUB_FILE, GITLAB_FILE, github_records, gitlab_table
from pmanalytics.samples.configuration import catalog_text, configuration_text
from pmanalytics.samples.jira_files import (
    FIRST_EXPORT,
    SECOND_EXPORT,
    first_export,
    second_export,
)
from pmanalytics.samples.own_files import (
    attendance_table,
    decisions_table,
    documents_table,
    incidents_table,
    people_table,
    services_table,
    teams_table,
)
from pmanalytics.writing import whole_files

if TYPE_CHECKING:
    from pmanalytics.datasets import Dataset

__all__ = ["sample", "sample_folder", "write_sample"]

CONFIGURATION: Final = "pmanalytics.toml"


def write_sample(folder: str | Path) -> tuple[Path, ...]:
    """Write the sample organisation into a folder, as the trackers of a company would.

    The folder is made where it is missing; files of the same names are replaced. Every call writes
    the same bytes. Returns the paths of the files. Raises InputError when it cannot be written.
    """
    folder = Path(folder)
    contents = _contents()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole_files([folder / name for name in contents]) as written:
            for file, content in zip(written, contents.values(), strict=True):
                file.write_bytes(content)
    except OSError as problem:
        raise InputError(
            f"The sample cannot be written to {folder} ({problem.strerror}); name another folder."
        ) from problem
    return tuple(folder / name for name in contents)


def sample_folder() -> Path:
    """Find the folder of the sample: inside the installed package, else in the repository.

    Raises InputError when neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "data" / "sample", package.parent / "data" / "sample"):
        if (folder / CONFIGURATION).is_file():
            return folder
    raise InputError(
        "The sample organisation is not installed; write it with 'pmanalytics sample DIR'."
    )


def sample() -> "Dataset":
    """Read the sample organisation: a fictional parcel carrier with every kind of trouble."""
    # Reading needs pandas, and the command line lists its verbs without it.
    from pmanalytics.datasets import read

    return read(sample_folder())


def _contents() -> dict[str, bytes]:
    marked = "\ufeff".encode()
    return {
        CONFIGURATION: configuration_text().encode(),
        # Jira Cloud writes the byte order mark on some sites and leaves it out on others.
        FIRST_EXPORT: marked + _csv(first_export().table),
        SECOND_EXPORT: _csv(second_export().table),
        GITHUB_FILE: _json(github_records()),
        GITLAB_FILE: _csv(gitlab_table()),
        "postmortem-items.csv": _csv(documents_table()),
        "incidents.csv": _csv(incidents_table()),
        "attendance.csv": _csv(attendance_table()),
        "catalog-info.yaml": catalog_text().encode(),
        "services.csv": _csv(services_table()),
        "teams.csv": _csv(teams_table()),
        "people.csv": _csv(people_table()),
        "decisions.csv": _csv(decisions_table()),
    }


def _csv(table: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(table)
    return text.getvalue().encode()


def _json(records: list[dict[str, object]]) -> bytes:
    return (json.dumps(records, ensure_ascii=False, indent=1) + "\n").encode()
