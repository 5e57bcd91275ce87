"""Every notebook that ships runs on the sample, on nothing and on one item, and says so."""

import re

import pytest

from pmanalytics.reporting.notebooks import list_notebooks
from pmanalytics.reporting.rendering.page import page_html
from pmanalytics.reporting.rendering.summary import summary_text
from pmanalytics.workbook import lint_workbook

NAMES = [notebook.name for notebook in list_notebooks()]
NEW = ["incident", "policy", "product", "service", "team", "week"]
SUBJECTS = {
    "team": "payments",
    "service": "Checkout_API",
    "product": "Shop",
    "incident": "inc-1117",
}
TITLES = {
    "team": "Team page: Payments",
    "service": "Service page: checkout-api",
    "product": "Threats to customers: shop",
    "incident": "Incident follow-up: INC-1117",
}
AS_OF = "2026-10-12"


def test_the_reports_of_the_issue_ship():
    assert set(NAMES) >= {"quarterly", *NEW}


@pytest.fixture(scope="module")
def stories(played):
    """The story of each report on the sample, made once."""
    made = {}

    def story(name, **parameters):
        key = (name, *sorted(parameters.items()))
        if key not in made:
            made[key] = played(name, as_of=AS_OF, **parameters)
        return made[key]

    return story


def whole(story, sample):
    """The page and the summary of a story, with what every report must hold to."""
    page, summary = page_html(story), summary_text(story)
    assert not [name for name in sample.people["person"].dropna().unique() if name in page]
    assert not re.search(r"<(?:script|img)[^>]*(?:javascript|example\.invalid)", page)
    assert "nan" not in re.findall(r">\s*(nan|NaT|None|&lt;NA&gt;)\s*<", page)
    return page, summary


@pytest.mark.parametrize("name", NEW)
def test_a_report_runs_on_the_sample_with_its_defaults(stories, sample, name):
    story = stories(name)
    page, summary = whole(story, sample)
    assert story.exhibits
    assert any(shown["rows"] for shown in story.exhibits)
    assert any(shown["question"] for shown in story.exhibits)
    assert "SAMPLE DATA" in page
    assert "SAMPLE DATA" in summary


@pytest.mark.parametrize("name", sorted(SUBJECTS))
def test_a_report_about_a_subject_names_it_at_its_head(stories, sample, name):
    story = stories(name, **{name: SUBJECTS[name]})
    page, summary = whole(story, sample)
    assert story.title == TITLES[name]
    assert f"<title>{TITLES[name]}, 2026Q3, Example Parcels (SAMPLE DATA)</title>" in page
    assert summary.startswith(f"# {TITLES[name]}\n")


@pytest.mark.parametrize("name", NEW)
@pytest.mark.parametrize("folder", ["empty_folder", "one_item_folder"])
def test_a_report_runs_on_nothing_and_on_one_item(played, sample, request, name, folder, tmp_path):
    place = request.getfixturevalue(folder)
    story = played(name, config=str(place), as_of=AS_OF, period="2026Q3", output=str(tmp_path))
    # The tables and the workbook are written too, also those without a row.
    assert (tmp_path / "tables" / "files.csv").is_file()
    assert lint_workbook(tmp_path / "workbook.xlsx") == ()
    page, summary = whole(story, sample)
    assert "SAMPLE DATA" not in page
    assert summary.startswith(f"# {story.title}\n")


def test_one_item_is_named_with_its_incident(played, one_item_folder):
    def said(name):
        return page_html(
            played(name, config=str(one_item_folder), as_of="2026-10-12", period="2026Q3")
        )

    assert "Service page: checkout" in said("service")
    incident = said("incident")
    assert "Incident follow-up: INC-1" in incident
    assert "Alert on a full disk" in incident
    # For how long customers were affected is in no file: it is not known, and not zero.
    product = said("product")
    assert "1 incident; for how long customers were affected is unknown." in product


def test_a_quiet_week_is_one_sentence_in_chat(played, empty_folder):
    story = played("week", config=str(empty_folder), as_of="2026-10-12", period="2026-W41")
    lines = [line for line in summary_text(story).splitlines() if line.startswith("- ")]
    said = [line for line in lines if not line.endswith("?")]
    assert len(said) == 1
    assert said[0].startswith("- Nothing is due next")


def test_the_digest_is_short_enough_for_chat(stories):
    summary = summary_text(stories("week"))
    lines = [line for line in summary.splitlines() if line]
    assert len(lines) <= 25
    # Keys stand as plain text, and nothing in it is a link.
    assert "- Checkout: due next SRE-131 (by 2026-10-18)." in lines
    assert "- Without a team: due next OPS-126 (by 2026-10-18)." in lines
    assert "](" not in summary
    assert "://" not in summary


def test_the_agenda_on_the_page_holds_titles_as_text(stories):
    story = stories("incident", incident="INC-1113")
    agenda = [block.text for block in story.blocks if block.text.startswith("## Who owns")]
    assert len(agenda) == 1
    page = page_html(story)
    assert "Whom to invite" in page
    assert "<h1" in page
    assert page.count("<h1") == 1
    # What is escaped for a wiki is not escaped twice for the page.
    assert "&amp;lt;" not in page
    assert "&amp;amp;" not in page


def test_a_default_says_how_to_name_another_subject(stories):
    for name, subject in SUBJECTS.items():
        assert f"--set {name}=NAME" in page_html(stories(name))
        assert f"--set {name}=NAME" not in page_html(stories(name, **{name: subject}))


@pytest.mark.real
@pytest.mark.parametrize("folder", ["servicenow", "postmortem_md"])
@pytest.mark.parametrize("name", NEW)
def test_a_report_runs_on_real_exports(played, sample, shared_exports, folder, name):
    story = played(name, config=str(shared_exports / folder), as_of="2026-06-01")
    whole(story, sample)
    if name == "incident":
        assert story.title != "Incident follow-up"
