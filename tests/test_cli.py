"""The command line: verbs, exit codes, and one sentence for what cannot be done."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from pmanalytics import cli, metrics

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
HEADER = "Summary,Issue key,Issue Type,Status,Priority,Resolution,Assignee,Created,Updated,Resolved,Status Category\n"
ROW = "Add an alert,PAY-1,Task,Done,High,Done,Ada,12/Jan/26 11:19 AM,14/Jan/26 9:00 AM,14/Jan/26 9:00 AM,Done\n"

Run = Callable[..., tuple[int, str, str]]


def one_sentence(text: str) -> bool:
    return text.startswith("pmanalytics: ") and text.count("\n") == 1 and "Traceback" not in text


def test_help_answers_without_pandas() -> None:
    script = (
        "import sys\nfrom pmanalytics import cli\nsys.argv = ['pmanalytics', '--help']\n"
        "try:\n    cli.main()\nfinally:\n    print([m for m in ('pandas', 'numpy', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.rstrip().endswith("[]")
    for verb in (
        "init",
        "report",
        "read",
        "check",
        "metrics",
        "policy",
        "owners",
        "agenda",
        "workbook",
        "lab",
        "sample",
        "list",
    ):
        assert f"\n  {verb}" in done.stdout


def test_read_prints_one_row_per_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jira.csv").write_text(HEADER + ROW)
    code, out, _ = run("read", "jira.csv")
    assert code == 0
    assert "jira_csv" in out


def test_read_json_is_one_line_with_counts_that_add_up(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jira.csv").write_text(HEADER + ROW + ROW + "short,row\n")
    code, out, _ = run("read", "jira.csv", "--json")
    assert code == 0
    assert out.count("\n") == 1
    file = json.loads(out)["files"][0]
    assert (file["rows"], file["items"], file["duplicates"], file["rejects"]) == (3, 1, 1, 1)
    assert isinstance(file["warnings"], list)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_read_writes_tables_that_can_be_read_again(run: Run, tmp_path: Path, form: str) -> None:
    (tmp_path / "jira.csv").write_text(HEADER + ROW)
    assert run("read", "jira.csv", "--output", "tables", "--format", form)[0] == 0
    code, out, _ = run("read", f"tables/items.{form}", "--json")
    assert code == 0
    assert json.loads(out)["files"][0]["items"] == 1


def test_metrics_as_json_has_the_shape_of_the_design(run: Run) -> None:
    code, out, _ = run(
        "metrics",
        "attainment",
        "--sample",
        "--period",
        "2026Q3",
        "--by",
        "severity",
        "--format",
        "json",
    )
    assert code == 0
    document = json.loads(out)
    assert list(document) == ["schema", "as_of", "period", "policy", "tables"]
    assert (document["as_of"], document["period"]) == ("2026-10-12", "2026Q3")
    assert document["tables"]["attainment"][0]["severity"] == "sev1"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("2026q3", "2026Q3"),
        ("2026-09", "2026-09"),
        ("2026-W38", "2026-W38"),
        ("2026", "2026"),
        ("2026-07-01 to 2026-09-30", "2026-07-01..2026-09-30"),
        ("last-quarter", "2026Q3"),
        ("last-month", "2026-09"),
        ("last-week", "2026-W41"),
    ],
)
def test_a_period_may_be_written_in_many_ways(run: Run, written: str, name: str) -> None:
    # The exports of the sample were made on Monday, 2026-10-12.
    _, out, _ = run("metrics", "standings", "--sample", "--period", written, "--format", "json")
    assert json.loads(out)["period"] == name


@pytest.mark.parametrize("form", ["table", "csv"])
def test_metrics_for_people_and_spreadsheets(run: Run, form: str) -> None:
    code, out, _ = run("metrics", "standings", "--sample", "--format", form)
    assert code == 0
    assert "overdue" in out
    assert ("SAMPLE DATA" in out) == (form == "table")


def test_all_metrics_run_by_team(run: Run) -> None:
    code, out, _ = run("metrics", "--sample", "--format", "json")
    assert code == 0
    assert len(json.loads(out)["tables"]) > 10


def test_the_agenda_names_managers_only_when_asked(run: Run) -> None:
    code, page, _ = run("agenda", "inc-1117", "--sample", "--as-of", "2026-10-12")
    assert code == 0
    assert page.startswith("# Who owns the action items of INC-1117?")
    assert "Elena Rossi" not in page
    _, named, _ = run("agenda", "INC-1117", "--sample", "--as-of", "2026-10-12", "--identify")
    assert (
        "| engineering manager | Checkout | the team owns service shop-frontend | Elena Rossi |"
        in named
    )
    code, out, said = run("agenda", "INC-11177", "--sample")
    assert (code, out) == (2, "")
    assert said.endswith("did you mean 'INC-1117'?\n")


def test_policy_and_owners_are_pages_to_publish(run: Run) -> None:
    code, page, _ = run("policy", "--sample")
    assert code == 0
    assert page.startswith("# How long action items may take")
    assert "SAMPLE DATA" in page
    code, page, _ = run("policy", "--sample", "--format", "json")
    assert json.loads(page)["policy"][0]["rules"]
    code, page, _ = run("owners", "--sample")
    assert page.index("Services that nobody owns") < page.index("Services and their teams")
    code, page, _ = run("owners", "--sample", "--format", "csv")
    assert page.startswith("service,team,role")


def test_a_policy_is_tried_on_the_past(run: Run) -> None:
    words = ("policy", "--sample", "--try", "sev1=20", "--try", "sev2=30b", "--as-of", "2026-10-12")
    code, page, _ = run(*words)
    assert code == 0
    assert page.startswith("# The past under another policy")
    assert "sev1 20 days, sev2 30 business days" in page
    code, page, _ = run(*words, "--format", "json")
    document = json.loads(page)
    assert document["as_of"] == "2026-10-12"
    assert "not what should be promised" in document["label"]
    assert {row["period"] for row in document["try_policy"]} == {
        "2025Q4",
        "2026Q1",
        "2026Q2",
        "2026Q3",
    }
    code, _, err = run("policy", "--sample", "--try", "sev1=soon")
    assert code == 2
    assert "'sev1=soon' is no rule to try" in err
    code, _, err = run("policy", "--sample", "--as-of", "2026-10-12")
    assert code == 2
    assert "give --as-of with --try only" in err


def test_check_exits_1_on_errors_and_with_strict_on_warnings(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jira.csv").write_text(HEADER + ROW)
    code, out, _ = run("check", "jira.csv")
    assert (code, "0 errors" in out) == (0, True)
    assert run("check", "jira.csv", "--strict")[0] == 1
    assert run("check", "--sample")[0] == 1


def test_check_groups_what_it_found_and_ends_with_the_next_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jira.csv").write_text(HEADER + ROW + "short,row\n")
    code, out, _ = run("check", "jira.csv")
    assert code == 1
    assert out.splitlines()[0] == "ERRORS: what could not be read"
    order = [out.index(words) for words in ("ERRORS", "WARNINGS", "WHAT THE NEXT FILE BUYS")]
    assert order == sorted(order)
    # Nothing is open, so that three questions about open items have their answer.
    assert "3 of 9 questions" in out
    assert out.rstrip().endswith("1 error, 1 warning")


def test_init_drafts_a_configuration_that_check_and_report_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jira.csv").write_text(HEADER + ROW)
    code, out, err = run("init", "jira.csv")
    assert (code, err) == (0, "")
    assert out.startswith("pmanalytics.toml is written, from 1 file.")
    assert "TO SETTLE FIRST" in out
    assert "of 9 questions can be answered" in out
    assert [line.strip() for line in out.splitlines()[-2:]] == [
        "pmanalytics check",
        "pmanalytics report",
    ]
    assert run("check")[0] == 0
    assert run("metrics", "standings")[0] == 0


def test_init_overwrites_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jira.csv").write_text(HEADER + ROW)
    (tmp_path / "pmanalytics.toml").write_text("# mine")
    code, out, err = run("init", "jira.csv")
    assert (code, out) == (2, "")
    assert one_sentence(err)
    assert "never overwritten" in err
    assert (tmp_path / "pmanalytics.toml").read_text() == "# mine"
    code, out, _ = run("init", "jira.csv", "--output", "my draft.toml")
    assert code == 0
    assert "pmanalytics check --config 'my draft.toml'" in out
    assert run("check", "--config", "my draft.toml")[0] == 0


def test_init_can_print_its_draft(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jira.csv").write_text(HEADER + ROW)
    code, out, err = run("init", "jira.csv", "--output", "-")
    assert code == 0
    assert [source["path"] for source in tomllib.loads(out)["source"]] == ["jira.csv"]
    assert "WHAT THE NEXT FILE BUYS" in err
    assert {path.name for path in tmp_path.iterdir()} == {"jira.csv"}


def test_one_bad_file_among_ten(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    for number in range(9):
        (folder / f"good-{number}.csv").write_text(HEADER + ROW.replace("PAY-1", f"PAY-{number}"))
    (folder / "bad.csv").write_text("<!DOCTYPE html><html><body>Log in</body></html>")
    code, out, _ = run("read", "exports", "--json")
    files = json.loads(out)["files"]
    assert code == 0
    assert sum(file["items"] for file in files) == 9
    code, out, _ = run("check", "exports")
    assert code == 1
    assert "bad.csv" in out


def test_sample_writes_the_sample_organisation(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("sample", "there")
    assert code == 0
    assert "pmanalytics.toml" in out
    for file in SAMPLE.iterdir():
        assert (tmp_path / "there" / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("what", ["trackers", "metrics", "reports"])
def test_lists(run: Run, what: str) -> None:
    code, out, _ = run("list", what)
    assert code == 0
    assert {"trackers": "jira_csv", "metrics": "attainment", "reports": "quarterly"}[what] in out
    assert ("codeowners: CODEOWNERS of GitHub and GitLab" in out) == (what == "trackers")


def test_every_metric_is_listed_once_under_a_subject(run: Run) -> None:
    lines = run("list", "metrics")[1].splitlines()
    assert sorted(line.split()[0] for line in lines if line.startswith("  ")) == sorted(
        metrics.__all__
    )
    assert next(line for line in lines if not line.startswith("  ")) == "Promises kept:"


def test_json_of_metrics_holds_nothing_that_json_lacks(run: Run) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    for words in ((), ("--by", "service")):
        code, out, _ = run("metrics", "--sample", "--format", "json", *words)
        assert code == 0
        assert set(json.loads(out, parse_constant=refuse)["tables"]) == set(metrics.__all__)


def test_all_metrics_by_a_column_that_some_lack(run: Run) -> None:
    code, out, err = run("metrics", "--sample", "--format", "json", "--by", "kind")
    assert code == 0
    said = err.splitlines()[-1]
    assert said.startswith("Left out, because they cannot be grouped by kind: repeats, ")
    tables = json.loads(out)["tables"]
    assert set(tables) | set(said.split(": ")[1].split(", ")) == set(metrics.__all__)
    assert "attainment" in tables
    code, _, err = run("metrics", "--sample", "--by", "knd")
    assert code == 2
    assert err.splitlines()[-1].startswith("pmanalytics: attainment: There is no column 'knd'")


TOML = 'timezone = "UTC"\n[[source]]\npath = "jira.csv"\n'
BAD_FILES = {
    "an empty file": ("x.csv", b""),
    "an HTML login page": ("x.csv", b"<!DOCTYPE html>\n<html><body>Log in</body></html>"),
    "a truncated JSON": ("x.json", b'[{"number": 1, "title": "a", "state": "open"}, {"numb'),
    "a header nobody knows": ("x.csv", b"colour,shape\nred,round\n"),
    "a wrong encoding": ("x.csv", "Summary,Issue key\nä,P-1\n".encode("utf-16-le")),
    "an Excel file": ("x.xlsx", b"PK\x03\x04rest"),
    "JSON without records": ("x.json", b"[]"),
    "JSON with an empty record": ("x.json", b"[{}]"),
    "JSON of numbers": ("x.json", b"[1, 2]"),
    "no table at all": ("x.csv", b"\x00\x01\x02\x03"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_files_are_one_sentence_that_names_the_file(
    run: Run, tmp_path: Path, case: str
) -> None:
    name, content = BAD_FILES[case]
    (tmp_path / name).write_bytes(content)
    for words in (("read", name), ("read", name, "--json"), ("check", name), ("init", name)):
        code, _, err = run(*words)
        assert code == 2
        assert one_sentence(err)
        assert name in err


BAD_CALLS = {
    "no configuration at all": (None, ["report"], "pmanalytics init FILE"),
    "no configuration for metrics": (None, ["metrics"], "--sample"),
    "an unknown key": ('organization = "x"', ["metrics"], "did you mean 'organisation'"),
    "a policy without rules": (TOML + "[[policy]]\nrules = []\n", ["policy"], "has no rules"),
    "a missing file": (None, ["read", "nowhere.csv"], "nowhere.csv"),
    "a pattern that fits nothing": (TOML.replace("jira", "no-*"), ["metrics"], "no-*.csv"),
    "an as-of before all data": (TOML, ["metrics", "--as-of", "2020-01-01"], "before all data"),
    "an as-of that is none": (TOML, ["metrics", "--as-of", "soon"], "not an as-of date"),
    "a period that is none": (TOML, ["metrics", "--period", "2026Q7"], "is not a period"),
    "an unknown metric": (TOML, ["metrics", "attainmnt"], "did you mean 'attainment'"),
    "an unknown column": (TOML, ["metrics", "attainment", "--by", "teem"], "did you mean 'team'"),
    "an unknown report": (TOML, ["report", "quaterly"], "did you mean 'quarterly'"),
    "an unknown report option": (TOML, ["report", "--set", "perod=2026Q3"], "perod"),
    "a report for each, configured": (
        TOML + '[[report]]\nname = "quarterly"\neach = "team"\n',
        ["report"],
        "it has no option of its own",
    ),
    "a report for each, of several": (TOML, ["report", "x.ipynb", "quarterly"], "'x.ipynb'"),
    "an option configured that stands apart": (
        TOML + '[[report]]\nname = "quarterly"\nset = {period = "2026Q3"}\n',
        ["report"],
        "give it apart",
    ),
    "an option without a value": (TOML, ["report", "--set", "period"], "has no '='"),
    "an option of the command as one of a report": (
        TOML,
        ["report", "--set", "period=2026Q3"],
        "write --period 2026Q3",
    ),
    "a date that would be hidden": (TOML, ["report", "--set", "as_of=x"], "--as-of"),
    "a configuration that would be hidden": (TOML, ["report", "--set", "config=x"], "--config"),
    "a folder that would be hidden": (TOML, ["report", "--set", "output=x"], "--output"),
    "a period that no report knows": (TOML, ["report", "--period", "2026Q7"], "is not a period"),
}


@pytest.mark.parametrize("case", BAD_CALLS)
def test_bad_calls_are_one_sentence(run: Run, tmp_path: Path, case: str) -> None:
    config, words, said = BAD_CALLS[case]
    (tmp_path / "jira.csv").write_text(HEADER + ROW)
    if config is not None:
        (tmp_path / "pmanalytics.toml").write_text(config)
    before = {path.name for path in tmp_path.iterdir()}
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    last = err.splitlines(keepends=True)[-1]  # a report that has begun says so first
    assert one_sentence(last)
    assert said in last
    assert {path.name for path in tmp_path.iterdir()} == before


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no folder closed even to root")
def test_a_folder_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jira.csv").write_text(HEADER + ROW)
    locked = Path("/proc/reports")
    for words in (
        ("read", "jira.csv", "--output", locked),
        ("report", "--sample", "--output", locked),
    ):
        code, _, err = run(*words)
        assert code == 2
        assert one_sentence(err)
        assert str(locked) in err


def test_an_output_that_is_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jira.csv").write_text(HEADER + ROW)
    for words in (
        ("read", "jira.csv", "--output", "jira.csv"),
        ("report", "--sample", "--period", "2026Q3", "--output", "jira.csv"),
    ):
        code, _, err = run(*words)
        assert code == 2
        assert one_sentence(err)
    assert (tmp_path / "jira.csv").read_text() == HEADER + ROW


def test_usage_faults_of_the_command_itself_are_one_sentence(run: Run) -> None:
    for words in (("reed",), ("metrics", "--format", "xml"), ("list", "colours"), ("sample",)):
        code, out, err = run(*words)
        assert (code, out) == (2, "")
        assert one_sentence(err)


def test_json_without_records_is_called_so(run: Run, tmp_path: Path) -> None:
    for content in ("[]", "[1, 2]", "{}", "[{}]"):
        (tmp_path / "x.json").write_text(content)
        assert "x.json holds no record" in run("read", "x.json")[2]


def test_read_names_each_reject(run: Run, tmp_path: Path) -> None:
    (tmp_path / "jira.csv").write_text(HEADER + ROW + "short,row\n" * 25)
    code, out, err = run("read", "jira.csv")
    assert (code, "short" in out) == (0, False)
    named = [line for line in err.splitlines() if line.startswith("jira.csv, row ")]
    assert named[0].startswith("jira.csv, row 3: ")
    assert len(named) == 20
    assert "and 5 more; see 'pmanalytics check'" in err


@pytest.mark.parametrize("verb", ["metrics", "owners"])
def test_figures_come_with_a_word_on_what_was_not_read(run: Run, tmp_path: Path, verb: str) -> None:
    (tmp_path / "pmanalytics.toml").write_text('[[source]]\npath = "*.csv"\n')
    (tmp_path / "jira.csv").write_text(HEADER + ROW + "short,row\n")
    (tmp_path / "bad.csv").write_text("<!DOCTYPE html><html><body>Log in</body></html>")
    code, out, err = run(verb)
    assert code == 0
    assert "bad.csv: bad.csv" in err
    assert "1 row could not be read; see 'pmanalytics check'" in err
    assert "bad.csv" not in out


def test_the_policy_lists_the_waivers_of_the_decisions_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pmanalytics.toml").write_text(
        'decisions = "decisions.csv"\n[[source]]\npath = "not-there.csv"\n'
        '[[waiver]]\nitem = "PAY-1"\nuntil = 2026-05-01\ngranted = 2026-03-20\n'
    )
    (tmp_path / "decisions.csv").write_text(
        "decided_on,subject,kind,value,until,reason,role,origin\n"
        "2026-02-01,PAY-2,waiver,,2026-06-01,waits for a vendor,,\n"
        "2026-02-02,PAY-3,drop,,,,,\n"
    )
    code, page, _ = run("policy")
    assert code == 0
    assert "| PAY-2 | 2026-06-01 | 2026-02-01 | waits for a vendor |" in page
    assert "| PAY-1 | 2026-05-01 | 2026-03-20 |" in page
    assert "PAY-3" not in page
    waivers = json.loads(run("policy", "--format", "json")[1])["waivers"]
    assert [waiver["item"] for waiver in waivers] == ["PAY-2", "PAY-1"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
def test_a_full_disk_is_one_sentence() -> None:
    for words in (["metrics", "standings", "--sample"], ["list", "metrics"], ["--help"]):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "pmanalytics", *words],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert done.returncode == 2
        assert one_sentence(done.stderr.splitlines(keepends=True)[-1])
        assert "Traceback" not in done.stderr


def test_a_closed_pipe_is_quiet() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pmanalytics", "list", "metrics"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""


def test_help_has_no_cut_lines(run: Run) -> None:
    for verb in ("", *cli.verbs.commands):
        code, out, _ = run(*filter(None, (verb, "--help")))
        assert code == 0
        usage, *lines = out.splitlines()
        assert usage.startswith("Usage: ")
        assert not [line for line in lines if line.endswith("...")]
        assert max(map(len, lines)) <= 100


TEAM = Path(__file__).parent / "reporting" / "notebooks" / "team.ipynb"
TEAMS = "item_id,title,state,team\na:1,x,open,web\na:2,x,open,core\n"
REPORTS = f"""
[[source]]
path = "items.csv"
observed_at = 2026-10-12T06:00:00Z
[[report]]
name = '{TEAM}'
each = "team"
period = "2026Q3"
[[report]]
name = '{TEAM}'
set = {{team = "all"}}
period = "2026Q2"
"""


def test_a_batch_says_what_was_made_what_failed_and_what_is_unchanged(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "items.csv").write_text(TEAMS)
    (tmp_path / "pmanalytics.toml").write_text(REPORTS)
    code, out, err = run("report", "--set", "broken=core")
    assert code == 3
    folders = out.splitlines()
    assert folders.pop() == "reports/index.html"
    assert [Path(folder).parts[:3] for folder in folders] == [
        ("reports", "2026Q3", "team"), ("reports", "2026Q2", "team")
    ]  # fmt: skip
    begun, told = err.splitlines()[:3], err.splitlines()[3:]
    assert sorted(begun) == [  # two begin at once
        "reports: 1 of 3: team (broken=core, team=core)",
        "reports: 2 of 3: team (broken=core, team=web)",
        "reports: 3 of 3: team (broken=core, team=all)",
    ]
    assert told == [
        "reports: done",
        "failed: team (broken=core, team=core): team.ipynb failed under 'What it holds': "
        "AssertionError: no message",
        "pmanalytics: 1 of 3 reports failed; the others are in reports.",
    ]
    code, again, _ = run("report", "--set", "broken=core")
    assert code == 3
    assert again.splitlines() == [
        *(f"unchanged: {folder}" for folder in folders), "reports/index.html"
    ]  # fmt: skip
    code, out, _ = run("report", TEAM, "--period", "2026Q3", "--set", "team=web")
    assert code == 0
    assert "report.html\n" in out
    assert len(out.splitlines()) < 10
    code, again, _ = run("report", TEAM, "--period", "2026Q3", "--set", "team=web")
    folder = Path(out.splitlines()[0]).parent
    assert (code, again) == (0, f"unchanged: {folder}\nreports/index.html\n")
    assert run("report", TEAM, "--period", "2026Q3", "--set", "team=web", "--force")[1] == out


def test_the_command_line_outranks_what_is_configured(run: Run, tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text(TEAMS)
    (tmp_path / "pmanalytics.toml").write_text("[[report]]".join(REPORTS.split("[[report]]")[::2]))
    code, out, _ = run("report", "--period", "2026Q1", "--set", "team=web")
    assert code == 0
    assert {Path(line).parts[1] for line in out.splitlines()} == {"2026Q1", "index.html"}
    assert "web in 2026Q1" in next(tmp_path.rglob("team.txt")).read_text()


def test_several_reports_are_named_at_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "other.ipynb").write_text(TEAM.read_text("utf-8"), "utf-8")
    code, out, err = run("report", TEAM, "other.ipynb", "--sample", "--period", "2026Q3")
    assert code == 0
    assert out.splitlines() == ["reports/2026Q3/team", "reports/2026Q3/other", "reports/index.html"]
    # Two are made at a time: the second may have begun before the first has said anything.
    said = ["reports: 1 of 2: team", "reports: 2 of 2: other", "reports: done"]
    assert err.splitlines() in (said, said[1:])
