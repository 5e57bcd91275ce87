"""Real exports of public trackers, against counts made without this package.

The counts were made with Python's csv and json modules alone: the rows by status and resolution
with a Counter over the columns of those names, the dates with datetime.strptime over each filled
cell of a column. The words that drop a ticket are those of its resolution (Won't Fix, Duplicate,
Invalid, Not A Problem, Not A Bug, Incomplete, Cannot Reproduce, Later).
"""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.trackers import FileTables
from tests.trackers.samples import read_path

pytestmark = pytest.mark.real

HIVE = "jira/asf_hive_2.0.0_all-fields_server.csv"
OLD = "jira/asf_2014_excel-html-era_multi-project.csv"
REGISTER = "jira/ala_taxonomic-issues-register.csv"
VIEW = "jira/invotra_incident-problem_current-fields.csv"
CLOUD = "jira/ericmedlock_all-fields_en.csv"
SPANISH = "jira/uhah_ticketproject_s2_all-fields_es_bom.csv"
RAILS = "github/rails_issues_rest_with_prs.json"
SWAGGER = "github/swagger-parser_open_gh.json"
XAVIER = "github/xavier2_closed_gh_bom.json"
GITLAB = "gitlab/gitlabhq_spec_fixture_csv_gitlab_export.csv"
KNOWN = (HIVE, OLD, REGISTER, VIEW, CLOUD, SPANISH, RAILS, SWAGGER, XAVIER, GITLAB)


@pytest.fixture
def read(shared_exports: Path) -> Callable[..., FileTables]:
    def call(name: str) -> FileTables:
        return read_path(shared_exports / name)

    return call


def numbers_of_states(found: FileTables) -> dict[str, int]:
    return found.tables["items"]["state"].value_counts().to_dict()


def span(found: FileTables, column: str) -> tuple[str, str]:
    moments = found.tables["items"][column]
    return tuple(f"{moment:%Y-%m-%d %H:%M}" for moment in (moments.min(), moments.max()))


@pytest.mark.parametrize("name", KNOWN)
def test_every_row_is_accounted_for(name: str, read: Callable[..., FileTables]) -> None:
    found = read(name)
    assert found.rows == len(found.tables["items"]) + found.filtered + len(found.rejects)


def test_a_server_export_with_all_fields(read: Callable[..., FileTables]) -> None:
    """59 rows: Fixed 21, Implemented 2, Done 1; Duplicate 15, Invalid, Won't Fix and Not A Problem 5
    each, Cannot Reproduce 4, Not A Bug 1. All 59 have a date in Resolved. Of the 15 duplicates 5
    have a key in `Outward issue link (Duplicate)`, the first of them HIVE-11332: HIVE-11837.
    """
    found = read(HIVE)
    items = found.tables["items"].set_index("key")
    assert numbers_of_states(found) == {"done": 24, "dropped": 35}
    assert span(found, "created_at") == ("2013-04-24 11:43", "2019-09-11 17:30")
    assert span(found, "closed_at") == ("2015-06-16 14:32", "2021-02-16 19:27")
    assert items["closed_at"].notna().sum() == 59
    assert items["duplicate_of"].value_counts()["unknown"] == 10
    assert items.loc["HIVE-11332", "duplicate_of"] == "jira:HIVE-11837"
    assert items.loc["HIVE-4413", "labels"] == ["cli", "hive"]
    assert f"{found.observed_at:%Y-%m-%d %H:%M}" == "2024-02-27 22:24"


def test_the_export_of_2014_with_its_footer(read: Callable[..., FileTables]) -> None:
    """100 tickets of 27 projects and a footer in row 102: Fixed 86, Done 1, Implemented 1 and one that
    is Closed and Unresolved; Invalid 4, Not A Problem 2, and one each of Incomplete, Duplicate,
    Cannot Reproduce, Later and Won't Fix. 13 are Unassigned.
    """
    found = read(OLD)
    items = found.tables["items"]
    assert (found.rows, len(items)) == (101, 100)
    assert found.rejects[["row", "rule"]].to_numpy().tolist() == [[102, "footer"]]
    assert numbers_of_states(found) == {"done": 89, "dropped": 11}
    assert items["project"].nunique() == 27
    assert items["owners"].list.len().eq(0).sum() == 13
    assert items["key"].iloc[0] == "HAMA-895"
    assert span(found, "created_at") == ("2007-01-04 17:11", "2014-03-22 07:59")
    # The view has no column Resolved.
    assert items["closed_at"].isna().all()
    assert any("exactly 100 rows" in sentence for sentence in found.warnings)


def test_a_register_that_a_spreadsheet_rewrote(read: Callable[..., FileTables]) -> None:
    """52 rows: in the first seven the cells are shifted, so that Created holds a person; the eighth has
    no key. The other 44 are To Do, from 10/01/2023 10:45 to 11/01/2023 15:22, day first.
    """
    found = read(REGISTER)
    assert found.rejects["rule"].tolist() == ["bad_date"] * 7 + ["no_key"]
    assert found.rejects["row"].tolist() == list(range(2, 10))
    assert numbers_of_states(found) == {"open": 44}
    assert span(found, "created_at") == ("2023-01-10 10:45", "2023-01-11 15:22")
    assert any("spreadsheet" in sentence for sentence in found.warnings)


def test_a_view_without_dates(read: Callable[..., FileTables]) -> None:
    """64 rows, all with the resolution Fixed; the status of five is Reopened."""
    found = read(VIEW)
    assert numbers_of_states(found) == {"done": 59, "open": 5}
    assert found.tables["items"]["owners"].isna().all()
    assert pd.isna(found.observed_at)
    assert any("5 rows contradict themselves" in sentence for sentence in found.warnings)


def test_a_cloud_export_with_all_fields(read: Callable[..., FileTables]) -> None:
    """22 rows: 10 Done with a date in Resolved, 9 To Do, 3 In Progress; 11 have an assignee and 18 are in
    TES Sprint 1.
    """
    found = read(CLOUD)
    items = found.tables["items"]
    assert numbers_of_states(found) == {"open": 12, "done": 10}
    assert span(found, "created_at") == ("2025-08-20 12:37", "2025-09-22 09:26")
    assert span(found, "closed_at") == ("2025-08-22 09:05", "2025-09-19 09:03")
    assert items["closed_at"].notna().sum() == 10
    assert items["owners"].list.len().sum() == 11
    assert items["planned"].value_counts().to_dict() == {"TES Sprint 1": 18}


def test_a_cloud_export_in_spanish(read: Callable[..., FileTables]) -> None:
    """287 rows: 185 Finalizada, all with Listo and a date in Resuelta; 60 Tareas por hacer and 42 En
    curso, without. 240 have a Persona asignada, of five persons; no key comes twice, and no column
    holds a link but Clave principal, which 277 fill. 170 are in Tablero Sprint 1, 80 in 2. The dates were read with strptime after the
    months were put in numbers (mar 03, abr 04).
    """
    found = read(SPANISH)
    items = found.tables["items"]
    assert (found.rows, len(items), len(found.rejects), found.warnings) == (287, 287, 0, ())
    assert numbers_of_states(found) == {"done": 185, "open": 102}
    assert span(found, "created_at") == ("2026-03-10 22:51", "2026-03-30 22:50")
    assert span(found, "closed_at") == ("2026-03-17 23:11", "2026-04-06 18:45")
    assert items["closed_at"].notna().sum() == 185
    owners = items["owners"].explode().dropna()
    assert (len(owners), owners.nunique()) == (240, 5)
    assert items["key"].nunique() == 287
    assert items["duplicate_of"].isna().all()
    assert items["links"].list.len().sum() == 277
    assert items["promised_on"].isna().all()
    assert items["planned"].value_counts().to_dict() == {
        "Tablero Sprint 1": 170, "Tablero Sprint 2": 80,
    }  # fmt: skip
    assert f"{found.observed_at:%Y-%m-%d %H:%M}" == "2026-04-06 19:05"


def test_github_issues_among_pull_requests(read: Callable[..., FileTables]) -> None:
    """500 elements, 340 with the key pull_request; the other 160 are open and nobody is assigned. 5 have
    the milestone 7.1.4 and 5 8.0.0. The latest update is in a pull request.
    """
    found = read(RAILS)
    items = found.tables["items"]
    assert (found.rows, found.filtered, len(items)) == (500, 340, 160)
    assert numbers_of_states(found) == {"open": 160}
    assert items["owners"].list.len().sum() == 0
    assert items["planned"].value_counts().to_dict() == {"7.1.4": 5, "8.0.0": 5}
    assert span(found, "created_at") == ("2024-01-04 15:49", "2024-02-02 14:43")
    assert items["key"].iloc[0] == "rails/rails#50954"
    assert f"{found.observed_at:%Y-%m-%d %H:%M}" == "2024-02-03 08:41"


def test_github_with_the_names_of_both_forms(read: Callable[..., FileTables]) -> None:
    found = read(SWAGGER)
    items = found.tables["items"]
    assert numbers_of_states(found) == {"open": 7}
    numbers = [2275, 2271, 1518, 1500, 1422, 1091, 427]
    assert items["key"].tolist() == [f"swagger-api/swagger-parser#{number}" for number in numbers]
    assert span(found, "created_at") == ("2017-03-27 09:26", "2026-02-20 14:14")
    assert items["owners"].isna().all()


def test_github_without_a_state(read: Callable[..., FileTables]) -> None:
    found = read(XAVIER)
    item = found.tables["items"].iloc[0]
    assert (item["key"], pd.isna(item["state"]), pd.isna(item["project"])) == ("#11", True, True)
    assert f"{found.observed_at:%Y-%m-%d %H:%M:%S}" == "2026-04-16 01:42:34"
    assert len(found.warnings) == 2


def test_gitlab_of_the_older_generation(read: Callable[..., FileTables]) -> None:
    """4 rows, all Open, created from 2020-01-17 10:36:26 to 2020-02-19 10:38:49; two are unassigned."""
    found = read(GITLAB)
    items = found.tables["items"]
    assert numbers_of_states(found) == {"open": 4}
    assert items["key"].tolist() == [f"jashkenas/underscore#{n}" for n in (1, 3, 34, 35)]
    assert span(found, "created_at") == ("2020-01-17 10:36", "2020-02-19 10:38")
    assert items["owners"].list.len().tolist() == [1, 1, 0, 0]
    assert items["labels"].iloc[0] == ["Brene", "Cutlass", "Escort", "GVM"]


# What each folder of the real files holds.
FORMATS = {
    "azure_devops": "azure_devops",
    "bugzilla": "bugzilla",
    "github": "github",
    "gitlab/gitlabhq_spec_fixture_csv_gitlab_export.csv": "gitlab_csv",
    "gitlab": "gitlab_json",
    "jira": "jira_csv",
    "jira_rest": "jira_json",
    "launchpad": "launchpad",
    "ownership/backstage_catalog-info.yaml": "backstage",
    "ownership/quicwg_CODEOWNERS": "codeowners",
    "phabricator": "phabricator",
    "postmortem_md": "postmortem_md",
    "redmine": "redmine",
    "servicenow": "servicenow",
    "trello": "trello",
}


def test_every_file_has_its_format_and_all_its_rows(shared_exports: Path) -> None:
    for path in sorted(shared_exports.rglob("*")):
        name = path.relative_to(shared_exports).as_posix()
        if not path.is_file() or name == "MANIFEST.tsv":
            continue
        found = pma.read(path).files.iloc[0]
        expected = FORMATS.get(name) or FORMATS[name.split("/")[0]]
        assert found["format"] == expected, name
        counted = ("items", "incidents", "filtered", "duplicates", "rejects")
        assert found["rows"] == sum(found[column] for column in counted), name
