"""Shared fixtures: hand-made datasets, the sample organisation, and the tools tests want."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

import pmanalytics as pma
from pmanalytics import cli
from pmanalytics.datasets import Dataset
from pmanalytics.settings import Settings
from pmanalytics.snapshots import Snapshot
from pmanalytics.tables import conform

ROOT = Path(__file__).parent.parent


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not among the thousands of tests that were collected."""
    gc.set_threshold(100_000, 20, 100)
    gc.collect()
    gc.freeze()


# The same examples in every run, and no limit of time: what is tested is right or wrong. `make torture`
# tries more of them.
hypothesis_settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    max_examples=int(os.environ.get("PMANALYTICS_EXAMPLES", "20")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
hypothesis_settings.load_profile("house")
TABLES = (
    "items", "observations", "events", "incidents", "attendance", "services", "teams", "people",
    "decisions", "rejects", "files",
)  # fmt: skip


def missing(what: str) -> None:
    """Skip for something that this machine lacks; in continuous integration that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and continuous integration must not skip.")
    pytest.skip(f"{what} is missing here.")


@pytest.fixture(scope="session")
def shared_exports() -> Path:
    """The real exports, which lie beside the repository and are no part of it."""
    folder = ROOT.parent / "shared" / "exports"
    if not folder.is_dir():
        missing("the folder ../shared/exports")
    return folder


@pytest.fixture(scope="session")
def reference() -> Callable[[str], dict[str, Any]]:
    """A case of published or independently worked numbers: `reference("R08")["expected"]`."""
    file = Path(__file__).parent / "reference_values.json"
    cases = {case["id"]: case for case in json.loads(file.read_text("utf-8"))["cases"]}
    return cases.__getitem__


@pytest.fixture(scope="session")
def dataset() -> Callable[..., Dataset]:
    """A dataset from rows: `dataset(items=[{...}], incidents=[{...}], settings=...)`."""

    def build(*, settings: Settings | None = None, **rows: list[dict[str, Any]]) -> Dataset:
        tables = {name: conform(pd.DataFrame(rows.get(name, [])), name) for name in TABLES}
        return Dataset(**tables, settings=settings or Settings())

    return build


@pytest.fixture(scope="session")
def w03(
    dataset: Callable[..., Dataset], reference: Callable[[str], dict[str, Any]]
) -> tuple[Dataset, dict[str, Any]]:
    """The items of reference case W03, one incident each, and what is expected of them."""
    case = reference("W03")
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("items", "incidents", "events", "decisions")
    }
    words = {"cancelled": "dropped", "reopened": "open"}
    for item in case["inputs"]["items"]:
        name, published = item["id"], item.get("published_on")
        changes = [(at["at"], words.get(at["to"], at["to"])) for at in item["events"]]
        state = changes[-1][1] if changes else "open"
        closed = changes[-1][0] if state != "open" else None
        tables["items"].append(
            {"item_id": name, "incident_id": f"INC-{name}", "state": state, "closed_at": closed}
        )
        tables["incidents"].append(
            {
                "incident_id": f"INC-{name}",
                "severity": f"sev{item['severity']}",
                "started_at": "2026-01-01T00:00Z",
                "resolved_at": item["resolved_at"],
                "postmortem_published_at": f"{published}T20:00Z" if published else None,
            }
        )
        tables["events"] += [
            {"subject": name, "at": at, "field": "state", "after": after}
            for at, after in changes
            if at
        ]
        if "waiver" in item:
            granted, until = item["waiver"]["granted_on"], item["waiver"]["new_due"]
            tables["decisions"].append(
                {"decided_on": granted, "subject": name, "kind": "waiver", "until": until}
            )
    settings = Settings(timezone=case["inputs"]["tz"])
    return dataset(**tables, settings=settings), case["expected"]


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str, Path], Path]:
    """Convert a workbook with a LibreOffice of its own profile."""
    program = which("libreoffice") or which("soffice")
    if program is None:
        missing("LibreOffice")
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def convert(path: Path, to: str, folder: Path) -> Path:
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", to]
        subprocess.run(
            [*command, "--outdir", str(folder), str(path)],
            check=True,
            capture_output=True,
            timeout=180,
        )
        return folder / f"{path.stem}.{to}"

    return convert


@pytest.fixture(scope="session")
def locale_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, str]]:
    """Make a locale that this machine need not have: `locale_of("tr_TR")` is the environment of it.

    A process with that environment is in the locale once it calls `setlocale`, as Python does for
    letters by itself.
    """
    folder = tmp_path_factory.mktemp("locales")

    def make(name: str) -> dict[str, str]:
        target = folder / f"{name}.UTF-8"
        if not target.exists():
            program = which("localedef")
            if program is None or not Path("/usr/share/i18n/locales", name).exists():
                missing(f"localedef, or the source of the locale {name}")
            command = [program, "-i", name, "-f", "UTF-8", str(target)]
            subprocess.run(command, capture_output=True, check=True)
        return {"LOCPATH": str(folder), "LC_ALL": target.name, "LANG": target.name}

    return make


@pytest.fixture(scope="session")
def sample() -> Dataset:
    """The sample organisation."""
    return pma.sample()


@pytest.fixture(scope="session")
def stored_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of the sample, whose exports are in a store of few buckets beside it."""
    config = pma.write_sample(tmp_path_factory.mktemp("stored"))[0]
    pma.ingest(config.parent / "store", config=config, buckets=3)
    return config


@pytest.fixture(scope="session")
def sample_draft() -> pma.Draft:
    """The configuration that is drafted from the files of the sample organisation."""
    return pma.draft_settings(ROOT / "data" / "sample", output=None)


@pytest.fixture(scope="session")
def q3(sample: Dataset) -> Snapshot:
    """The sample organisation as of 2026-10-12, for the third quarter of 2026."""
    return pma.snapshot(sample, as_of="2026-10-12", period="2026Q3")


SMALL_CONFIGURATION = """organisation = "Small & Co"
timezone = "Europe/Berlin"

[[source]]
path = "*.csv"
observed_at = 2026-10-12T06:00:00Z
"""
ITEM_COLUMNS = "item_id,key,title,kind,state,severity,owners,team,service,project,incident_id,created_at,closed_at,updated_at\n"
INCIDENT_COLUMNS = "incident_id,title,severity,started_at,resolved_at,service\n"
PERSON = "Wilhelmina Owner"  # of the one item; no report may name her


def small_folder(folder: Path, *, items: str = "", incidents: str = "") -> Path:
    """Exports in our own columns with a configuration, as of 2026-10-12."""
    (folder / "items.csv").write_text(ITEM_COLUMNS + items, encoding="utf-8")
    (folder / "incidents.csv").write_text(INCIDENT_COLUMNS + incidents, encoding="utf-8")
    (folder / "pmanalytics.toml").write_text(SMALL_CONFIGURATION, encoding="utf-8")
    return folder


@pytest.fixture
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Exports that hold no item and no incident, only their headers."""
    return small_folder(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def one_item_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One Sev-1 incident of 2026-08-03 with one open item, due on 2026-08-18, owned by PERSON."""
    return small_folder(
        tmp_path_factory.mktemp("one"),
        items="own:PAY-1,PAY-1,Alert on a full disk,prevent,open,sev1,"
        f"{PERSON},payments,checkout,PAY,INC-1,2026-08-04T09:00:00Z,,2026-10-01T09:00:00Z\n",
        incidents="INC-1,Checkout ran out of disk,sev1,2026-08-03T08:00:00Z,"
        "2026-08-03T10:00:00Z,checkout\n",
    )


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., tuple[int, str, str]]:
    """Run a command in an empty folder: exit code, output, error output."""
    monkeypatch.chdir(tmp_path)

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pmanalytics", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call
