"""The configuration: what it says, and one sentence for what cannot be meant."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pmanalytics.errors import ConfigurationError
from pmanalytics.settings import Calendar, Settings, holiday_days, load_settings

EVERYTHING = (Path(__file__).parent / "everything.toml").read_text("utf-8")


def written(folder: Path, text: str) -> Path:
    path = folder / "pmanalytics.toml"
    path.write_text(text, "utf-8")
    return path


def test_everything_that_the_design_shows_can_be_said(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, EVERYTHING))
    source, other = settings.sources
    assert (settings.organisation, settings.timezone) == ("Small", "Europe/Berlin")
    assert (settings.decisions, settings.persons) == ("decisions.csv", False)
    assert (source.path, other.path) == (("items.csv",), ("incidents.csv",))
    assert (source.name, source.tracker, source.table) == ("own", "table", "items")
    assert source.timezone == "America/New_York"
    assert source.observed_at == datetime(2026, 10, 12, 6, tzinfo=UTC)
    assert source.date_formats == ("%d.%m.%Y",)
    assert source.fields == {"team": "team"}
    assert source.states == {"Ready for release": "open"}
    assert (source.kinds, source.severities) == ({"fix": "prevent"}, {"1": "sev1"})
    assert source.priorities == {"P1": "high"}
    assert source.where == {"state": ("open", "done")}
    assert settings.labels.severity == "sev-?([0-5])"
    assert settings.labels.date == "([0-9]{8})"
    assert settings.labels.kind == "(prevent|detect)"
    assert settings.registry.teams == ("teams.csv",)
    assert settings.calendar.holidays == (date(2026, 1, 1),)
    (version,) = settings.policy.versions
    assert (version.clock, version.rules[1].unit) == ("incident_started", "business")
    assert settings.waivers[0].until == date(2026, 12, 1)
    quarterly, team = settings.reports
    assert (quarterly.period, dict(quarterly.set)) == ("2026Q3", {"service": "checkout"})
    assert (team.each, team.period) == ("team", "last-quarter")
    assert settings.folder == tmp_path.resolve()


def test_several_paths_are_a_list_and_patterns_and_fields_any_text(tmp_path: Path) -> None:
    text = """[[source]]
path = "exports/jira-*.csv"
fields = {team = "Custom field (Owning team)"}
where = {labels = ["postmortem"]}
[labels]
severity = "s([0-5])"
[registry]
services = ["catalog-info.yaml", "services.csv"]
"""
    settings = load_settings(written(tmp_path, text))
    assert settings.sources[0].path == ("exports/jira-*.csv",)
    assert settings.sources[0].fields == {"team": "Custom field (Owning team)"}
    assert settings.sources[0].where == {"labels": ("postmortem",)}
    assert settings.labels.severity == "s([0-5])"
    assert settings.labels.date == r"(\d{8})"
    assert settings.registry.services == ("catalog-info.yaml", "services.csv")


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, ""))
    assert settings.timezone == "UTC"
    assert [rule.days for rule in settings.policy.versions[0].rules] == [15, 30]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('organization = "x"', "unknown key 'organization'; did you mean 'organisation'"),
        ('[[source]]\npathh = "x"', "'source' number 1, 'pathh'; did you mean 'path'"),
        ("[[policy]]\nrules = []", "has no rules"),
        ('[[policy]]\nrules = [{severty = "sev1", days = 3}]', "did you mean 'severity'"),
        (
            '[[policy]]\nrules = [{severity = "sev1", days = "x"}]',
            "'days' must be a whole number, not 'x'",
        ),
        ("[[policy]]\nrules = [{days = 1.5}]", "'days' must be a whole number, not 1.5"),
        ("[[policy]]\neffective = 2026-01-01", "'policy' number 1 has no rules; add at least one"),
        ('[[waiver]]\nitem = "x"', "'waiver' number 1, 'until' is missing; add it"),
        (
            '[[waiver]]\nitem = "x"\nuntil = "soon"\ngranted = 2026-01-01',
            "'until' must be a date like 2026-10-12, not 'soon'",
        ),
        ('[[source]]\nobserved_at = "x"', "must be a moment like 2026-10-12T06:00:00Z, not 'x'"),
        ("organisation = 3", "'organisation' must be text in quotes, not 3"),
        ('persons = "maybe"', "'persons' must be true, false or \"pseudonyms\", not 'maybe'"),
        ('[source]\npath = "x"', "'source' must be a list in . ., or tables in "),
        ("labels = 3", "'labels' must be a table of names and values, not 3"),
        ("[[source]]\nfields = 3", "'fields' must be a table of names and values, not 3"),
        (
            '[[report]]\nname = "x"\nset = {a = [1]}',
            "'set', 'a' must be text, a number, true or false",
        ),
        ('[calendar]\ncountry = "XX"', "'calendar', 'country': .*no country 'XX'"),
        ('timezone = "Mars"', "'Mars' is no time zone"),
        ('timezone = ""', "'' is no time zone"),
        ('[[source]]\ntimezone = "Mars"', "'Mars' is no time zone"),
        ('[[source]]\n[source.fields]\nteem = "x"', "did you mean 'team'"),
        ('[[source]]\n[source.states]\nDone = "finished"', "'open', 'done' or 'dropped'"),
        ('[labels]\nseverity = "("', "no regular expression"),
        ("organisation = ", "not valid TOML"),
        ('folder = "x"', "unknown key 'folder'"),
        ("[calendar]\nholidays = [1]", "'calendar', 'holidays' number 1 must be a date"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_with_file_and_key(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said) as problem:
        load_settings(written(tmp_path, text))
    assert "pmanalytics.toml" in str(problem.value)
    assert "Input should" not in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_missing_file_is_a_sentence_that_says_how_to_draft_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="pmanalytics init FILE"):
        load_settings(tmp_path / "nowhere.toml")


def test_holidays_of_a_country_are_added() -> None:
    found = holiday_days(Calendar(holidays=(date(2026, 3, 2),), country="DE"))
    assert {date(2026, 3, 2), date(2026, 10, 3)} <= set(found)
    with pytest.raises(ConfigurationError, match="no country 'XX'"):
        holiday_days(Calendar(country="XX"))


def test_defaults_need_no_file() -> None:
    assert Settings().policy.versions[0].clock == "incident_resolved"
