import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from pmanalytics.reporting.folders import slug
from pmanalytics.reporting.rendering.index import update_index
from pmanalytics.reporting.rendering.templating import TEMPLATES

CANARY = '<img src=x onerror="document.body.dataset.canary=1">\'&amp;</title><script>document.body.dataset.canary=1</script>'


def write_report(output: Path, place: str, *, files: tuple[str, ...] = (), **about: object) -> Path:
    folder = output / place
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("report.html", *files):
        (folder / name).write_text("")
    described = {"status": "complete", "title": "Quarterly", "period": "2026Q3", "files": []}
    (folder / "manifest.json").write_text(json.dumps({**described, **about}))
    return folder


def index_of(output: Path) -> str:
    place = update_index(output)
    assert place == output / "index.html"
    return place.read_text()


def headings(page: str) -> list[str]:
    return re.findall(r"<(?:h2|h3|summary)>(.*?)</", page)


def test_newest_periods_come_first_and_earlier_ones_beneath(tmp_path):
    for period in ("2026Q1", "2026Q3", "2026-W40", "2025Q4", "2026-W39", "", "soon"):
        write_report(tmp_path, f"{period or 'all'}/quarterly", period=period)
    # W40 ends on October 4, the third quarter on September 30, W39 on September 27.
    assert headings(index_of(tmp_path)) == [
        "week of 2026-09-28", "Quarterly", "third quarter of 2026", "Quarterly",
        "without a period", "Quarterly", "Earlier periods",
        "week of 2026-09-21", "Quarterly", "first quarter of 2026", "Quarterly",
        "fourth quarter of 2025", "Quarterly", "soon", "Quarterly",
    ]  # fmt: skip


def test_reports_on_everything_come_before_those_on_subjects(tmp_path):
    web = {"subject": "Web", "options": {"team": "web"}}
    write_report(tmp_path, "2026Q3/a/x", title="Alone: Web", **web)
    write_report(tmp_path, "2026Q3/q/y", title="Quarterly: Web", **web)
    write_report(tmp_path, "2026Q3/q/w", title="Quarterly: Web", subject="Web", options={"days": 7})
    write_report(tmp_path, "2026Q3/q/z", options={"service": "api", "team": "core"})
    write_report(tmp_path, "2026Q3/q")
    page = index_of(tmp_path)
    assert headings(page)[1:] == ["Quarterly", "Alone"]
    assert re.findall(r'class="page" href="(.*?)">(.*?)<', page) == [
        ("./2026Q3/q/report.html", "The whole organisation"),
        ("./2026Q3/q/z/report.html", "service: api; team: core"),
        ("./2026Q3/q/y/report.html", "Web"),
        ("./2026Q3/q/w/report.html", "Web; days: 7"),
        ("./2026Q3/a/x/report.html", "Web"),
    ]


def test_each_report_has_its_day_its_mark_and_its_files(tmp_path):
    write_report(
        tmp_path, "2026Q3/a", as_of="2026-10-12", sample=True, organisation="Example Parcels",
        files=("report.pdf", "workbook.xlsx", "summary.md"),
    )  # fmt: skip
    write_report(tmp_path, "2026Q3/b", title="Real", as_of="2026-10-13")
    page = index_of(tmp_path)
    assert page.count("SAMPLE DATA") == 1
    assert re.findall(r"<time.*?>(.*?)<", page) == ["2026-10-12", "2026-10-13"]
    assert re.findall(r'<a href="(.*?)">(\w+)<', page) == [
        ("./2026Q3/a/report.pdf", "PDF"),
        ("./2026Q3/a/workbook.xlsx", "workbook"),
        ("./2026Q3/a/summary.md", "summary"),
    ]


def test_a_folder_of_samples_only_says_so_at_its_head(tmp_path):
    write_report(tmp_path, "2026Q3/a", sample=True)
    assert "(SAMPLE DATA)</title>" in index_of(tmp_path)


def test_what_is_not_whole_is_not_listed(tmp_path):
    write_report(tmp_path, "2026Q3/whole")
    write_report(tmp_path, "2026Q3/other", status="running")
    write_report(tmp_path, "2026Q3/.whole.old-abcd_123/report")
    write_report(tmp_path, ".quarterly.new-abcd_123/x")
    (write_report(tmp_path, "2026Q3/cut") / "manifest.json").write_text("{")
    (write_report(tmp_path, "2026Q3/list") / "manifest.json").write_text("[]")
    (write_report(tmp_path, "2026Q3/bare") / "manifest.json").unlink()
    (write_report(tmp_path, "2026Q3/pageless") / "report.html").unlink()
    assert re.findall(r'class="page" href="(.*?)"', index_of(tmp_path)) == [
        "./2026Q3/whole/report.html"
    ]


@pytest.mark.parametrize("odd", [None, 7, ["x"], {"a": {"b": "c"}}, "x" * 999])
def test_a_manifest_with_odd_values_is_survived(tmp_path, odd):
    keys = ("title", "subject", "options", "organisation", "period", "as_of", "sample")
    write_report(tmp_path, "2026Q3/a", **dict.fromkeys(keys, odd))
    assert 'class="page"' in index_of(tmp_path)


def test_hostile_text_is_text_and_links_are_encoded(tmp_path, chromium):
    place = 'x:y/a b#?%"<é>/' + slug(CANARY)
    write_report(
        tmp_path, place, title=CANARY, organisation=CANARY, as_of=CANARY, period=CANARY,
        subject=CANARY, options={CANARY: CANARY + "!", "team": "\u202egnp"}, files=("summary.md",),
    )  # fmt: skip
    page = index_of(tmp_path)
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert f'href="./x%3Ay/a%20b%23%3F%25%22%3C%C3%A9%3E/{slug(CANARY)}/summary.md"' in page
    seen = chromium(tmp_path / "index.html", "--dump-dom")
    assert "data-canary" not in seen


def test_the_page_may_load_nothing_and_its_style_is_let_through(tmp_path):
    write_report(tmp_path, "2026Q3/a")
    page = index_of(tmp_path)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'" in page
    assert not re.search(r"<(?:script|link|img|iframe)|url\(|https?:", page)


def test_every_colour_is_one_of_the_pages(tmp_path):
    own = (TEMPLATES / "index.css").read_text()
    shared = (TEMPLATES / "page.css").read_text()
    assert set(re.findall(r"var\((--[\w-]+)", own)) <= set(re.findall(r"(--[\w-]+):", shared))


def test_the_same_folders_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        places = ["2026Q3/b", "2026Q3/a", "2026Q2/a"]
        for place in places if name == "one" else reversed(places):
            write_report(tmp_path / name, place)
    assert index_of(tmp_path / "one") == index_of(tmp_path / "two")
    before = (tmp_path / "one" / "index.html").stat().st_mtime_ns
    update_index(tmp_path / "one")
    assert (tmp_path / "one" / "index.html").stat().st_mtime_ns == before
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == [
        *([".lock"] if (tmp_path / "one" / ".lock").exists() else []), "2026Q2", "2026Q3",
        "index.html",
    ]  # fmt: skip


def test_what_a_killed_run_left_is_cleared_away(tmp_path):
    write_report(tmp_path, "2026Q3/a")
    index_of(tmp_path)
    (tmp_path / ".index.html.new").write_text("half")
    assert "half" not in index_of(tmp_path)
    assert not (tmp_path / ".index.html.new").exists()


def test_the_page_of_another_program_is_left_alone(tmp_path):
    write_report(tmp_path, "2026Q3/a")
    (tmp_path / "index.html").write_text("<h1>My own</h1>")
    assert update_index(tmp_path) is None
    assert (tmp_path / "index.html").read_text() == "<h1>My own</h1>"


def test_without_reports_there_is_no_index_and_a_stale_one_says_so(tmp_path):
    assert update_index(tmp_path / "none") is None
    assert update_index(tmp_path) is None
    folder = write_report(tmp_path, "2026Q3/a")
    index_of(tmp_path)
    (folder / "manifest.json").unlink()
    assert "There is no report in this folder." in index_of(tmp_path)
