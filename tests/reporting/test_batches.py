import json
import shutil
from pathlib import Path

import pytest

from pmanalytics.errors import InputError, ReportError, UsageError
from pmanalytics.reporting import opening
from pmanalytics.reporting.batches import Batch, Job, make_reports
from pmanalytics.reporting.manifest import is_whole, read_manifest

CONFIG = """
[[source]]
path = "items-*.csv"
[registry]
teams = "teams.csv"
"""
ITEMS = """item_id,title,state,team,created_at
a:1,x,open,web,2026-07-01
a:2,x,open,Web,2026-07-01
a:3,x,done,core team,2026-07-01
a:4,x,open,,2026-07-01
"""


def write_company(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "items-1.csv").write_text(ITEMS)
    (folder / "teams.csv").write_text("team\nWeb\nCore Team\nIdle\n")
    (folder / "pmanalytics.toml").write_text(CONFIG)
    return folder / "pmanalytics.toml"


def whole(folder: Path) -> bool:
    manifest = read_manifest(folder)
    return manifest is not None and is_whole(folder, manifest)


@pytest.fixture(scope="session")
def team(notebooks: Path) -> str:
    """A report with an option `team`, which reads nothing and is done at once."""
    return str(notebooks / "team.ipynb")


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a company of which two teams have items."""
    return write_company(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="session")
def told() -> list[tuple[str, float]]:
    """The steps of the batch, each with the share done."""
    return []


@pytest.fixture(scope="session")
def batch(
    company: Path,
    team: str,
    told: list[tuple[str, float]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Batch:
    """One report for each team, made once; that of the Core Team fails."""
    return make_reports(
        Job(team, settings={"broken": "Core Team"}, each="team", period="2026Q3"),
        Job(team, settings={"team": "Web"}, period="last-quarter"),
        config=company,
        as_of="2026-10-12",
        output=tmp_path_factory.mktemp("reports"),
        progress=lambda step, share: told.append((step, share)),
    )


def test_each_value_has_one_report_in_the_spelling_of_the_registry(batch):
    # Items name web and Web, which are one team, core team, and none; the team Idle has no item.
    subjects = [read_manifest(folder)["options"] for folder in batch.made]
    assert subjects == [{"broken": "Core Team", "team": "Web"}, {"team": "Web"}]
    assert (batch.made[0] / "team.txt").read_text() == "Web in 2026Q3"
    assert all(map(whole, batch.made))
    assert [folder.parent.name for folder in batch.made] == ["team", "team"]


def test_a_failed_report_does_not_stop_the_others(batch):
    assert [label for label, _ in batch.failed] == ["team (broken=Core Team, team=Core Team)"]
    assert isinstance(batch.failed[0][1], ReportError)
    assert "'What it holds': AssertionError" in str(batch.failed[0][1])
    assert len(batch.made) == 2


def test_one_bar_fills_over_all_reports(batch, told):
    # Cells take 0.85 of the time of a report, and two reports are made at a time.
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert (1 + 2 * 0.85) / 3 - 1e-9 <= shares[-1] <= (2 + 0.85) / 3 + 1e-9
    said = list(dict.fromkeys(step for step, _ in told))
    assert said == sorted(said)
    assert said[-1] == "3 of 3: team (team=Web)"


def test_the_index_leads_to_what_was_made(batch):
    assert batch.index == batch.made[0].parents[2] / "index.html"
    page = batch.index.read_text()
    assert page.count('class="page"') == 2
    for folder in batch.made:
        assert f'href="./{folder.relative_to(batch.index.parent).as_posix()}/report.html"' in page


def test_the_data_are_read_once_for_all_values(company, team, tmp_path, monkeypatch):
    read, calls = opening.read, []
    monkeypatch.setattr(opening, "read", lambda place: calls.append(place) or read(place))
    done = make_reports(
        # Each report fails as soon as it says that it starts, which is enough here.
        Job(team, each="team", period="2026Q3"),
        Job(team, settings={"broken": "x"}, each="team", period="2026Q3"),
        config=company,
        as_of="2026-10-12",
        output=tmp_path,
        progress=lambda step, share: stop(),
    )
    assert len(done.failed) == 4
    assert calls == [str(company)]


def stop() -> None:
    raise RuntimeError("no notebook is run in this test")


def test_any_error_is_one_sentence_and_stops_no_other_report(company, team, tmp_path):
    done = make_reports(
        Job(team, settings={"team": "a"}),
        Job(team, settings={"team": "b"}),
        config=company,
        output=tmp_path / "reports",
        progress=lambda step, share: stop(),
    )
    said = "The report could not be made (RuntimeError: no notebook is run in this test)."
    assert [str(problem) for _, problem in done.failed] == [said, said]
    assert list(tmp_path.iterdir()) == []


def test_reports_that_are_asked_for_twice_are_made_once(company, team, tmp_path):
    seen = []
    make_reports(
        *[Job(team, settings={"team": "Web"})] * 2,
        Job(team, each="team", settings={}),
        config=company,
        as_of="2026-10-12",
        output=tmp_path,
        progress=lambda step, share: seen.append(step) or stop(),
    )
    # Two begin at once, and either may say so first.
    assert sorted(seen) == ["1 of 2: team (team=Web)", "2 of 2: team (team=Core Team)"]


BAD = {
    "a column that the report does not know": (
        Job("quarterly", each="team"),
        r"'quarterly' cannot be made for each 'team': it has no option of its own",
    ),
    "a column that the data do not know": (Job("TEAM", each="broken"), "no column 'broken'"),
    "one and each at once": (Job("TEAM", each="team", settings={"team": "x"}), "leave out one"),
    "an unknown report": (Job("quaterly"), "did you mean 'quarterly'"),
    "an unknown option": (Job("TEAM", settings={"teem": "x"}), "did you mean 'team'"),
    "an option that stands apart": (Job("TEAM", settings={"period": "x"}), "give it apart"),
    "a period that is none": (Job("TEAM", period="2026Q7"), "is not a period"),
    "a period that is relative to nothing": (
        Job("TEAM", period="last-year-but-one"),
        "no.* period",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_meant_is_known_before_any_work(case, company, team, tmp_path):
    job, said = BAD[case]
    asked = Job(team if job.name == "TEAM" else job.name, job.settings, job.each, job.period)
    with pytest.raises(UsageError, match=said):
        make_reports(
            Job(team, settings={"team": "fine"}), asked, config=company, output=tmp_path / "reports"
        )
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_day_or_a_missing_file_is_known_before_any_work(company, team, tmp_path):
    with pytest.raises(UsageError, match="'soon' is not an as-of date"):
        make_reports(Job(team), config=company, as_of="soon", output=tmp_path / "reports")
    moved = write_company(tmp_path / "company")
    (tmp_path / "company" / "items-1.csv").unlink()
    with pytest.raises(InputError, match=r"'items-\*\.csv', and no file"):
        make_reports(Job(team), Job(team, {"team": "x"}), config=moved, output=tmp_path / "reports")
    assert [path.name for path in tmp_path.iterdir()] == ["company"]


def test_two_notebooks_of_one_name_are_refused(company, team, tmp_path):
    shutil.copy(team, tmp_path / "team.ipynb")
    with pytest.raises(UsageError, match="would share a folder; rename one"):
        make_reports(Job(team), Job(str(tmp_path / "team.ipynb")), config=company, output=tmp_path)


def test_a_column_without_values_is_said_and_stops_nothing(team, tmp_path):
    config = write_company(tmp_path / "company")
    (tmp_path / "company" / "items-1.csv").write_text(
        "item_id,title,state,created_at\na:1,x,open,2026-07-01\n"
    )
    done = make_reports(
        Job(team, each="team", period="2026Q3"),
        Job(team, period="2026Q3"),
        config=config,
        as_of="2026-10-12",
        output=tmp_path / "reports",
    )
    assert "No item says its team" in str(done.failed[0][1])
    assert done.made == (tmp_path / "reports" / "2026Q3" / "team",)


HOSTILE = (
    "../../etc", "{x}", "{x.__class__}", "a/b", "a\\b", "CON", "nul", "x" * 300, "x" * 301, "Cafe",
    "Café", "Cafe\u0301s", "Cafés", "web\u202e", "a:b", "~", "-rf", ".", "..", "日本", "a\nb",
)  # fmt: skip


def test_the_folders_of_all_subjects_are_safe_and_distinct(company, team, tmp_path):
    from pmanalytics.reporting.fingerprints import Inputs
    from pmanalytics.reporting.planning import plan

    def folder(**settings):
        job = Job(team, settings=settings)
        planned = plan(job, as_of=None, output=tmp_path, inputs=Inputs(str(company)))
        return planned.folder("2026Q3")

    folders = [folder(team=name) for name in (*HOSTILE, *map(str.swapcase, HOSTILE[9:11]))]
    assert {path.resolve().parent for path in folders} == {tmp_path.resolve() / "2026Q3" / "team"}
    # Some file systems take no heed of case, some end at 255 bytes.
    assert len({path.name.casefold() for path in folders}) == len(folders)
    assert max(len(path.name) for path in folders) < 80
    # One option cannot read like two.
    assert folder(broken="a, team=b") != folder(broken="a", team="b")


def test_a_subject_that_leads_out_of_its_folder_does_not(company, team, tmp_path):
    output = tmp_path / "a" / "reports"
    done = make_reports(
        Job(team, settings={"team": "../../{x}\n/etc"}, period="2026Q3"),
        config=company,
        output=output,
    )
    assert (done.made[0] / "team.txt").read_text() == "../../{x}\n/etc in 2026Q3"
    assert done.made[0].parent == output / "2026Q3" / "team"
    assert [path.name for path in tmp_path.rglob("team.txt")] == ["team.txt"]
    assert json.loads((done.made[0] / "manifest.json").read_text())["options"] == {
        "team": "../../{x}\n/etc"
    }
