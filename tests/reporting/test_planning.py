"""When a report is made again: each thing that it is made from is changed, alone."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import pmanalytics as pma
from pmanalytics.errors import UsageError
from pmanalytics.reporting import fingerprints
from pmanalytics.reporting.batches import Job, make_reports
from pmanalytics.reporting.fingerprints import Inputs
from pmanalytics.reporting.planning import Plan, plan

CONFIG = """
decisions = "decisions.csv"
[[source]]
path = "items-*.csv"
[registry]
teams = "teams.csv"
"""
FILES = {
    "pmanalytics.toml": CONFIG,
    "items-1.csv": "item_id,title,state,team\na:1,x,open,web\n",
    "teams.csv": "team\nWeb\n",
}
JOB = Job("team.ipynb", settings={"team": "Web", "earlier": "earlier"}, period="last-quarter")


@pytest.fixture(scope="session")
def made(notebooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a company, a notebook, and a report made from them that names an earlier one."""
    place = tmp_path_factory.mktemp("made")
    for name, text in FILES.items():
        (place / name).write_text(text)
    shutil.copy(notebooks / "team.ipynb", place)
    (place / "earlier").mkdir()
    (place / "earlier" / "manifest.json").write_text("{}")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        done = make_reports(JOB, config="pmanalytics.toml", as_of="2026-10-12")
    assert len(done.made) == 1
    return place


@pytest.fixture
def here(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, in which one works."""
    place = tmp_path / "elsewhere"
    shutil.copytree(made, place)
    monkeypatch.chdir(place)
    return place


def asked(job: Job = JOB, as_of: str = "2026-10-12") -> Plan:
    return plan(job, as_of=as_of, output=Path("reports"), inputs=Inputs("pmanalytics.toml"))


def test_nothing_is_done_when_nothing_changed_wherever_the_folder_lies(here):
    kept = asked().kept()
    assert kept is not None
    assert (kept / "team.txt").is_file()
    before = {path: path.stat().st_mtime_ns for path in kept.rglob("*")}
    seen: list[str] = []
    done = make_reports(
        JOB,
        config="pmanalytics.toml",
        as_of="2026-10-12",
        progress=lambda step, share: seen.append(step),
    )
    assert (done.unchanged, done.made, seen) == ((kept,), (), ["unchanged"])
    assert {path: path.stat().st_mtime_ns for path in kept.rglob("*")} == before


def test_force_makes_it_again_with_the_same_bytes(here):
    kept = asked().kept()
    before = {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()}
    done = make_reports(JOB, config="pmanalytics.toml", as_of="2026-10-12", force=True)
    assert (done.unchanged, done.made) == ((), (kept,))
    assert {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()} == before


def text_of(name: str, text: str) -> Callable[[Path], object]:
    return lambda place: (place / name).write_text(text)


def in_report(change: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda place: change(next(place.glob("reports/*/team/*/report.html")))


def damaged(page: Path) -> None:
    content = bytearray(page.read_bytes())
    content[len(content) // 2] ^= 1
    page.write_bytes(content)


CHANGES = {
    "an export": text_of("items-1.csv", FILES["items-1.csv"] + "a:2,x,open,web\n"),
    "a new file that the glob fits": text_of("items-2.csv", FILES["items-1.csv"]),
    "the registry": text_of("teams.csv", "team\nWeb\nCore\n"),
    "the configuration": text_of("pmanalytics.toml", "persons = true\n" + CONFIG),
    "a comment in it": text_of("pmanalytics.toml", CONFIG + "# said\n"),
    "the first decision": text_of("decisions.csv", "decided_on,subject,kind\n"),
    "the earlier report": text_of("earlier/manifest.json", "{ }"),
    "a file of the report is gone": in_report(Path.unlink),
    "a file of the report is cut": in_report(lambda page: page.write_bytes(page.read_bytes()[:-1])),
    "a bit of the report": in_report(damaged),
    "the manifest is cut": in_report(lambda page: page.with_name("manifest.json").write_text("{")),
    "the report was moved": lambda place: (place / "reports" / "last-quarter").rename("reports/x"),
    "the notebook": lambda place: text_of(
        "team.ipynb", (place / "team.ipynb").read_text().replace("One team", "Our team")
    )(place),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_report_is_made_again_when_something_changed(case, here):
    assert asked().kept() is not None
    CHANGES[case](here)
    assert asked().kept() is None


@pytest.mark.parametrize(
    "other",
    [
        (Job(JOB.name, {"team": "Web"}, period=JOB.period), "2026-10-12"),
        (Job(JOB.name, JOB.settings, period="2026Q3"), "2026-10-12"),
        (JOB, "2026-10-13"),
    ],
)
def test_another_question_is_another_report(other, here):
    job, as_of = other
    assert asked(job, as_of).kept() is None


def test_a_pdf_that_is_wanted_too_makes_it_again(here):
    inputs, output = Inputs("pmanalytics.toml"), Path("reports")
    printed = plan(JOB, as_of="2026-10-12", output=output, inputs=inputs, browser="chromium")
    assert printed.kept() is None


def test_another_version_makes_it_again(here, monkeypatch):
    newer = {**fingerprints.versions(), "plotly": "99"}
    monkeypatch.setattr(fingerprints, "versions", lambda: newer)
    assert asked().kept() is None


def test_an_export_that_changed_while_it_was_read_is_never_vouched_for(here):
    right = hashlib.sha256(FILES["items-1.csv"].encode()).hexdigest()
    jobs = [Job(JOB.name, settings={"read": digest}) for digest in (right, 64 * "0")]
    done = make_reports(*jobs, config="pmanalytics.toml")
    assert len(done.made) == 2
    assert asked(jobs[0], "").kept() == done.made[0]
    assert asked(jobs[1], "").kept() is None


def test_what_a_store_keeps_is_an_input(here):
    toml = here / "pmanalytics.toml"
    toml.write_text('store = "store"\n' + toml.read_text())
    pma.ingest("store", config=toml)
    done = make_reports(JOB, config="pmanalytics.toml", as_of="2026-10-12")
    assert asked().kept() == done.made[0]
    # The export is kept: nothing changes when its file goes, and something when one comes.
    (here / "items-1.csv").unlink()
    assert asked().kept() == done.made[0]
    (here / "more.csv").write_text(FILES["items-1.csv"] + "\n")
    pma.ingest("store", here / "more.csv")
    assert asked().kept() is None


@pytest.mark.parametrize("place", ["output", "team"])
def test_what_is_no_utf_8_is_refused_before_any_work(place, tmp_path):
    text = os.fsdecode(b"caf\xe9")
    settings = {"team": text if place == "team" else "Payments"}
    output = tmp_path / (text if place == "output" else "reports")
    with pytest.raises(UsageError, match=f"is not UTF-8; give the report another {place}"):
        plan(Job("team", settings), as_of=None, output=output, inputs=Inputs())


def test_the_fingerprint_stands_in_the_manifest(here):
    manifest = json.loads((asked().kept() / "manifest.json").read_text())
    assert manifest["fingerprint"] == asked().fingerprint(manifest["period"])
    assert manifest["options"] == {"team": "Web"}


def test_the_report_on_the_period_before_counts_and_no_other(here):
    job = Job(JOB.name, settings={"team": "Web"}, period="2026Q3")
    done = make_reports(job, config="pmanalytics.toml")
    assert asked(job, "").kept() == done.made[0]
    other = Job(JOB.name, settings={"team": "Web"}, period="2026Q1")
    make_reports(other, config="pmanalytics.toml")
    assert asked(job, "").kept() == done.made[0]
    before = Job(JOB.name, settings={"team": "Web"}, period="2026Q2")
    make_reports(before, config="pmanalytics.toml")
    assert asked(job, "").kept() is None
