"""Drafting: the draft holds, loses nothing, gives nothing away, and overwrites nothing."""

import tomllib
from pathlib import Path

import pytest

import pmanalytics as pma
from pmanalytics.drafting.looking import look_at
from pmanalytics.drafting.proposals import grouped
from pmanalytics.drafting.writing import files_in
from pmanalytics.errors import InputError, UsageError

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
EXPORTS = Path(__file__).parents[1] / "exports"
HEADER = "Summary,Issue key,Issue Type,Status,Priority,Assignee,Created,Resolved,Labels"
NAMES = "Custom field (Squad),Custom field (Incident),Custom field (Action type)"


def row(
    number: int, more: str = "Core,INC-1,prevent", status: str = "Open", label: str = ""
) -> str:
    return f"Do it,PAY-{number},Task,{status},High,Ada Lovelace,12/Jan/26 11:19 AM,,{label},{more}"


def write(folder: Path, *rows: str, names: str = NAMES, name: str = "jira.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([f"{HEADER},{names}", *rows, ""]), "utf-8")
    return path


def drafted(folder: Path, *paths: Path) -> dict[str, object]:
    """The draft as TOML, and that it can be read by the command line's own way."""
    draft = pma.draft_settings(paths or [folder], output=folder / "pmanalytics.toml")
    assert draft.path == folder / "pmanalytics.toml"
    assert draft.path.read_text("utf-8") == draft.text
    assert len(pma.read(draft.path).items) == len(draft.data.items)
    return tomllib.loads(draft.text)


def test_a_plain_export_is_mapped_at_once(tmp_path: Path) -> None:
    write(tmp_path, row(1), row(2, "Web,,detect"))
    written = drafted(tmp_path)
    assert written["source"] == [
        {
            "path": "jira.csv",
            "fields": {
                "incident_id": "Custom field (Incident)",
                "team": "Custom field (Squad)",
                "kind": "Custom field (Action type)",
            },
        }
    ]
    assert written["timezone"] == "UTC"


def test_the_default_policy_is_written_out(tmp_path: Path) -> None:
    write(tmp_path, row(1))
    drafted(tmp_path)
    settings = pma.load_settings(tmp_path / "pmanalytics.toml")
    assert settings.versions == pma.DEFAULT_POLICY.versions


def test_what_is_not_plain_is_only_proposed(tmp_path: Path) -> None:
    write(tmp_path, row(1, "Core,Web,Fix it"), names="Squad,Team,Action type")
    draft = pma.draft_settings(tmp_path, output=None)
    assert "fields" in tomllib.loads(draft.text)["source"][0]
    assert tomllib.loads(draft.text)["source"][0]["fields"] == {}
    for proposed in ('# team = "Squad"', '# team = "Team"', '# kind = "Action type"'):
        assert f"\n{proposed}" in draft.text
    assert '# "Fix it" = "other"' in draft.text


def test_every_proposal_holds_once_the_mark_is_taken_away(tmp_path: Path) -> None:
    write(
        tmp_path,
        row(1, "Core,INC-1,Fix it", status="Odd one", label="postmortem"),
        *(row(n, "Core,,Detect faster") for n in range(2, 9)),
    )
    draft = pma.draft_settings(tmp_path, output=tmp_path / "draft.toml")
    proposals = [
        line for line in draft.text.splitlines() if line.startswith("# ") and " = " in line
    ]
    assert len(proposals) > 10
    for line in proposals:
        if not line.startswith(
            ("# decisions", "# teams", "# people", "# services", "# attendance")
        ):
            target = tmp_path / "pmanalytics.toml"
            target.write_text(draft.text.replace(f"\n{line}\n", f"\n{line[2:]}\n"), "utf-8")
            assert len(pma.read(target).items) > 0, line


def test_words_to_settle_come_with_their_counts(tmp_path: Path) -> None:
    write(tmp_path, row(1, status="Odd one"), row(2, status="Odd one"), row(3, status="Other"))
    text = pma.draft_settings(tmp_path, output=None).text
    lines = [line for line in text.splitlines() if '" = "open"' in line]
    assert [" ".join(line.split()) for line in lines] == [
        '# "Odd one" = "open" # 2 rows: open, done or dropped?',
        '# "Other" = "open" # 1 row: open, done or dropped?',
    ]


def test_a_filter_is_proposed_where_most_rows_are_other_work(tmp_path: Path) -> None:
    write(tmp_path, row(1, label="post-mortem"), row(2), row(3, label="ui"))
    text = pma.draft_settings(tmp_path, output=None).text
    assert "[source.where]" in text
    (line,) = (line for line in text.splitlines() if "would keep" in line)
    assert " ".join(line.split()) == '# labels = ["post-mortem"] # would keep 1 of 3 rows'
    # Where most rows are postmortem work, nothing is proposed.
    write(tmp_path, row(1, label="post-mortem"), row(2, label="post-mortem"), row(3))
    assert "[source.where]" not in pma.draft_settings(tmp_path, output=None).text


def test_times_without_a_zone_are_counted(tmp_path: Path) -> None:
    write(tmp_path, row(1), row(2))
    seen = look_at(tmp_path / "jira.csv", name="jira.csv")
    assert seen.zoneless == 2  # Created, twice; Resolved is empty
    assert look_at(EXPORTS / "gitlab_csv.csv", name="x").zoneless == 0  # GitLab says it is UTC


def test_labels_with_a_prefix_are_proposed(tmp_path: Path) -> None:
    write(tmp_path, row(1, label="severity::2"), row(2, label="team:core"))
    text = pma.draft_settings(tmp_path, output=None).text
    assert '# severity = "severity::([0-5])"' in text
    assert "# Labels such as team:... name a team (1 item: core)" in text


def test_no_person_is_in_a_draft(
    tmp_path: Path, sample: pma.Dataset, sample_draft: pma.Draft
) -> None:
    write(tmp_path, row(1, "Ada Lovelace,INC-1,prevent"), names="Team,Incident,Team lead")
    write(tmp_path, row(2, "ada@example.com,x,y"), names="Team,Contact,Owner", name="b.csv")
    assert "ada" not in pma.draft_settings(tmp_path, output=None).text.casefold()
    people = sample.people["person"].dropna().unique()
    assert len(people) > 5
    assert not [person for person in people if person in sample_draft.text]


HOSTILE = (
    'a"b', "]]", "x\n[[policy]]\nrules = []", "# c", "a\\", "'''", "\x1b[2J", "\u202edrow",
    "\u2028", "team = 1", "{}", "${x}", "=cmd()",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_cells_and_headers_stay_text(tmp_path: Path, text: str) -> None:
    cell = '"' + text.replace('"', '""') + '"'
    header = '"' + f"Squad {text}".replace('"', '""') + '"'
    write(
        tmp_path,
        row(1, f"{cell},{cell},Core", status=cell, label=cell),
        row(2, f"{cell},{cell},Core"),
        names=f"Team,Action type,{header}",
    )
    written = drafted(tmp_path)
    assert set(written) <= {"timezone", "source", "labels", "registry", "policy"}
    assert len(written["policy"]) == 1
    text = (tmp_path / "pmanalytics.toml").read_text("utf-8")
    assert not set("\x1b\u202e\u2028") & set(text)


def test_a_mapping_that_would_lose_something_is_only_proposed(tmp_path: Path) -> None:
    # By its labels, the item belongs to an incident; the field names one that nobody knows.
    names = "Labels,Incident"
    write(tmp_path, row(1, "20260110,INC-1", label="sev1"), names=names)
    draft = pma.draft_settings(tmp_path, output=None)
    assert draft.data.items["incident_id"].tolist() == ["20260110-sev1"]
    assert '# incident_id = "Incident"' in draft.text


def test_the_sample_is_read_as_well_as_without_the_draft(sample_draft: pma.Draft) -> None:
    without = pma.read([file for file in SAMPLE.iterdir() if file.suffix != ".toml"])
    data = sample_draft.data
    for column in ("incident_id", "team", "service", "severity", "kind", "closed_at"):
        assert data.items[column].notna().sum() >= without.items[column].notna().sum()
    assert len(data.services) == len(without.services)
    assert len(data.decisions) == len(without.decisions)
    assert (len(data.items), len(data.rejects)) == (len(without.items), len(without.rejects))


def test_the_registry_is_found(tmp_path: Path) -> None:
    write(tmp_path, row(1))
    for name in ("services", "teams", "people", "attendance", "decisions"):
        (tmp_path / f"{name}.csv").write_bytes((SAMPLE / f"{name}.csv").read_bytes())
    (tmp_path / "catalog-info.yaml").write_bytes((SAMPLE / "catalog-info.yaml").read_bytes())
    written = drafted(tmp_path)
    assert written["registry"] == {
        "services": ["catalog-info.yaml", "services.csv"],
        "teams": "teams.csv",
        "people": "people.csv",
        "attendance": "attendance.csv",
    }
    assert written["decisions"] == "decisions.csv"


def test_what_cannot_be_read_is_listed_and_left_out(tmp_path: Path) -> None:
    write(tmp_path, row(1))
    (tmp_path / "bad.csv").write_text("<!DOCTYPE html><html><body>Log in</body></html>")
    (tmp_path / "pmanalytics.toml.csv").write_text("")
    written = drafted(tmp_path)
    assert [source["path"] for source in written["source"]] == ["jira.csv"]
    text = (tmp_path / "pmanalytics.toml").read_text("utf-8")
    assert "\n# bad.csv is a web page" in text


def test_files_that_are_alike_share_a_source(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path, row(number), name=f"jira-{number}.csv")
    assert [source["path"] for source in drafted(tmp_path)["source"]] == ["*.csv"]
    seen = [look_at(path, name=path.name) for path in sorted(tmp_path.glob("*.csv"))]
    (group,) = grouped(seen)
    assert group.rows == 5


def test_a_glob_stands_for_all_its_files_and_no_others(tmp_path: Path) -> None:
    names = [f"{n}.csv" for n in range(5)]
    for name in names:
        (tmp_path / name).write_text("x")
    assert files_in(names, tmp_path) == ["*.csv"]
    (tmp_path / "other.csv").write_text("x")
    assert files_in(names, tmp_path) == names
    assert files_in(["[a].csv", "b.csv", "c.csv", "d.csv"], tmp_path)[0] == "[a].csv"


def test_a_draft_is_never_overwritten(tmp_path: Path) -> None:
    write(tmp_path, row(1))
    (tmp_path / "pmanalytics.toml").write_text("mine")
    with pytest.raises(UsageError, match="never overwritten"):
        pma.draft_settings(tmp_path, output=tmp_path / "pmanalytics.toml")
    assert (tmp_path / "pmanalytics.toml").read_text() == "mine"


def test_an_export_elsewhere_is_named_from_the_draft(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "here").mkdir()
    path = write(tmp_path / "there", row(1))
    draft = pma.draft_settings(path, output=tmp_path / "here" / "pmanalytics.toml")
    assert tomllib.loads(draft.text)["source"][0]["path"] == "../there/jira.csv"
    assert len(pma.read(tmp_path / "here").items) == 1


def test_nothing_to_draft_from_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no export in"):
        pma.draft_settings(tmp_path, output=None)
    (tmp_path / "a.csv").write_text("<!DOCTYPE html><html></html>")
    with pytest.raises(InputError, match=r"a\.csv is a web page"):
        pma.draft_settings(tmp_path, output=None)
    (tmp_path / "x.toml").write_text("")
    with pytest.raises(InputError, match="is a configuration"):
        pma.draft_settings(tmp_path / "x.toml", output=None)


def test_rows_that_cannot_be_read_hinder_nothing(tmp_path: Path) -> None:
    write(tmp_path, row(1), "short,row", row(2, "Core,,"))
    assert len(drafted(tmp_path)["source"]) == 1


def test_the_reports_of_an_earlier_day_are_no_exports(tmp_path: Path) -> None:
    write(tmp_path, row(1))
    tables = tmp_path / "reports" / "2026Q3" / "quarterly" / "tables"
    tables.mkdir(parents=True)
    write(tables, row(2), name="items.csv")
    for name in ("manifest.json", "report.html"):
        (tables.parent / name).write_text("")
    assert [source["path"] for source in drafted(tmp_path)["source"]] == ["jira.csv"]


OWN = "Nr;Title;State;Opened;Assigned to\n7;Do it;Open;2026-01-12;Ada Lovelace\n"


def test_a_table_of_ones_own_is_mapped_by_its_header_when_it_is_all_there_is(
    tmp_path: Path,
) -> None:
    (tmp_path / "own.csv").write_text(OWN)
    written = drafted(tmp_path)
    assert written["source"] == [
        {
            "path": "own.csv",
            "fields": {
                "key": "Nr",
                "title": "Title",
                "status": "State",
                "created_at": "Opened",
                "owners": "Assigned to",
            },
        }
    ]
    items = pma.read(tmp_path).items
    assert items[["key", "title", "state"]].to_numpy().tolist() == [["7", "Do it", "open"]]


def test_a_table_of_ones_own_is_only_proposed_beside_known_exports(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(OWN)
    write(tmp_path, row(1))
    assert len(drafted(tmp_path)["source"]) == 1
    target = tmp_path / "pmanalytics.toml"
    draft = target.read_text("utf-8")
    start = draft.index('# [[source]]\n# path = "own.csv"')
    block, rest = draft[start:].split("\n\n", maxsplit=1)
    uncommented = "\n".join(line.removeprefix("# ") for line in block.splitlines())
    target.write_text(f"{draft[:start]}{uncommented}\n\n{rest}", "utf-8")
    assert len(pma.read(tmp_path).items) == 2


def test_a_table_without_key_and_title_is_nothing_of_ours(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("colour,state\nred,open\n")
    with pytest.raises(InputError, match=r"x\.csv"):
        pma.draft_settings(tmp_path, output=None)


@pytest.mark.real
def test_real_exports_are_drafted(shared_exports: Path, tmp_path: Path) -> None:
    draft = pma.draft_settings(
        [shared_exports / "jira", shared_exports / "github"], output=tmp_path / "pmanalytics.toml"
    )
    assert len(pma.read(tmp_path / "pmanalytics.toml").items) == len(draft.data.items) > 100
    assert 'service = "Component/s"' in draft.text
