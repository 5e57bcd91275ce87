"""Privacy: nothing that a run gives out names a person, an address of one, or this machine."""

import html
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from defusedxml.ElementTree import fromstring

import pmanalytics as pma
from tests.attacks.conftest import e_mail, said
from tests.attacks.test_pdf import text_of

COLUMNS = (
    "Assignee", "Reporter", "Creator", "Project lead", "Author", "Author Username",
    "Assignee Username", "Assignee Id", "Reporter Id", "Creator Id", "Project lead id",
)  # fmt: skip
# Long rows of letters that no name is looked for in.
PACKED = re.compile(r"[A-Za-z0-9+/=]{500,}")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def persons(exports: Path) -> set[str]:
    """Every name, login, account and e-mail of a person in the files of the sample."""
    people = pd.read_csv(exports / "people.csv", dtype="str", keep_default_na=False)
    found = {*people["person"], *people["person"].map(e_mail)}
    found |= {alias for aliases in people["aliases"] for alias in aliases.split(";")}
    teams = pd.read_csv(exports / "teams.csv", dtype="str")
    found |= {*teams["engineering_manager"].dropna(), *teams["product_manager"].dropna()}
    for path in exports.glob("*.csv"):
        table = pd.read_csv(path, dtype="str")
        for column in COLUMNS:
            found |= {*table.get(column, pd.Series(dtype="str")).dropna()}
    for issue in json.loads((exports / "github-issues.json").read_text()):
        found |= {issue["user"]["login"], *(one["login"] for one in issue["assignees"])}
    return {name for name in found if name}


def parts(path: Path) -> Iterator[tuple[str, str]]:
    """What a file says: the parts of a workbook, the text of a PDF, or the file as text."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            for name in book.namelist():
                yield f"{path.name}/{name}", book.read(name).decode("utf-8")
    elif path.suffix == ".pdf":
        yield path.name, " ".join(text_of(path).split())
        shown = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True)
        yield f"{path.name} (properties)", shown.stdout
    else:
        yield path.name, path.read_text("utf-8")


@pytest.fixture(scope="module")
def outputs(full_run: Path) -> dict[str, str]:
    """Everything that a run gave out, by its name; lists that are packed in the page unpacked."""
    files = [*(full_run / "reports").rglob("*"), *(full_run / "said").iterdir()]
    told = {
        f"{path.relative_to(full_run).parent.as_posix()}/{name}": html.unescape(text)
        for path in files
        if path.is_file() and path.name != ".lock"
        for name, text in parts(path)
    }
    return told | dict(_packed(next(text for name, text in told.items() if "report.html" in name)))


def _packed(page: str) -> Iterator[tuple[str, str]]:
    import base64
    import gzip

    for name in ("lists", "library"):
        for held in re.findall(rf'id="{name}"[^>]*>([^<]+)<', page):
            yield f"packed {name}", gzip.decompress(base64.b64decode(held)).decode("utf-8")


def named_in(text: str, names: set[str]) -> list[str]:
    """The names that stand in a text as whole words."""
    words = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return sorted(set(re.findall(rf"(?<![\w-])(?:{words})(?![\w-])", text, re.IGNORECASE)))


def test_all_outputs_are_looked_at(outputs: dict[str, str], full_run: Path) -> None:
    kinds = (
        "report.html", "summary.md", "notebook.ipynb", "manifest.json", "index.html", "report.pdf",
        "tables/items.csv", "workbook.xlsx/docProps/core.xml", "xl/sharedStrings.xml",
        "xl/worksheets/sheet1.xml", "packed lists", "said/check", "said/owners", "said/policy",
        "said/trial", "said/agenda", "said/metrics.json", "said/apply", "said/apply.json",
        "said/jira.csv", "said/github.sh",
    )  # fmt: skip
    for kind in kinds:
        found = [text for name, text in outputs.items() if name.endswith(kind)]
        assert found, kind
        assert max(map(len, found)) > 100, kind
    assert "asked for again" in outputs["said/apply"]
    assert "Whom to invite" in outputs["said/agenda"]


def test_the_exports_name_persons(full_run: Path) -> None:
    """What is looked for is really there; naive outputs, such as a table of owners, name it."""
    names = persons(full_run / "exports")
    assert len(names) > 200
    assert len([name for name in names if "@" in name]) > 50
    naive = pd.read_csv(full_run / "exports" / "jira-2026-10.csv", dtype="str").to_html()
    found = named_in(naive, names)
    assert len(found) > 100
    assert len(ADDRESS.findall(naive)) > 20


def test_no_output_names_a_person(outputs: dict[str, str], full_run: Path) -> None:
    names = persons(full_run / "exports")
    told = {
        name: found
        for name, text in outputs.items()
        if name != "packed library" and (found := named_in(text, names))
    }
    assert told == {}


def test_no_output_holds_an_e_mail(outputs: dict[str, str]) -> None:
    told = {
        name: found
        for name, text in outputs.items()
        if name != "packed library" and (found := ADDRESS.findall(text))
    }
    assert told == {}


def test_no_output_names_this_machine(outputs: dict[str, str], machine: tuple[str, ...]) -> None:
    # The command line says which file it wrote or read, to whoever asked for it.
    written = {name: text for name, text in outputs.items() if not name.startswith("said/")}
    told = {
        (name, place)
        for name, text in written.items()
        for place in machine
        # What is packed in a page is looked at unpacked.
        if name != "packed library"
        and re.search(rf"(?<![\w+]){re.escape(place)}", PACKED.sub("", text))
    }
    assert told == set()


def test_the_properties_of_the_workbook_name_nobody(outputs: dict[str, str]) -> None:
    core = next(text for name, text in outputs.items() if name.endswith("docProps/core.xml"))
    told = {child.tag.rpartition("}")[2]: child.text or "" for child in fromstring(core)}
    assert told["title"]
    assert [told.get("creator", ""), told.get("lastModifiedBy", "")] == ["", ""]
    naive = openpyxl.Workbook().properties
    assert naive.creator == "openpyxl"


def test_managers_are_named_when_that_is_asked_for(full_run: Path) -> None:
    """So that the search above would find them."""
    config = full_run / "exports" / "pmanalytics.toml"
    agenda = (full_run / "said" / "agenda").read_text()
    incident = re.search(r"INC-\d+", agenda)
    assert incident is not None
    named = said("agenda", incident[0], "--config", config, "--identify")
    assert named_in(named, persons(full_run / "exports"))


def test_a_comparison_of_few_items_has_no_shares(dataset: Callable[..., pma.Dataset]) -> None:
    """Groups under 5 would say how one person does; their counts stay."""
    table = pd.DataFrame({"team": ["few", "many"], "due": [4, 12], "met": [2, 9]})
    table = table.assign(attainment=table["met"] / table["due"], low=[0.15, 0.47], high=[0.85, 0.9])
    shown = pma.publishable(table).set_index("team")
    assert shown.loc["many", ["attainment", "low"]].tolist() == [0.75, 0.47]
    assert shown.loc["few", ["attainment", "low", "high"]].isna().all()
    assert shown.loc["few", "met"] == 2
