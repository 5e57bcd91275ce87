"""Privacy: nothing that a run gives out names a person, an address of one, or this machine."""

import hashlib
import hmac
import html
import json
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from defusedxml.ElementTree import fromstring

import pmanalytics as pma
from pmanalytics.errors import ConfigurationError
from pmanalytics.pseudonyms import pseudonym
from pmanalytics.settings import Settings
from pmanalytics.workbook import write_workbook
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
        "said/trial", "said/agenda", "said/metrics.json", "said/apply",
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


SECRET = "a secret that only the organisation has"


@pytest.fixture
def asked_for(sample: pma.Dataset) -> pma.Snapshot:
    """The sample with persons as pseudonyms, and with one person under another spelling."""
    settings = replace(sample.settings, persons="pseudonyms")
    return pma.snapshot(replace(sample, settings=settings), as_of="2026-10-12", period="2026Q3")


def shown_owners(path: Path) -> list[str]:
    sheet = openpyxl.load_workbook(path)["Actions"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Owners")
    cells = [sheet.cell(row, column).value for row in range(2, sheet.max_row + 1)]
    return [name for cell in cells if cell for name in str(cell).split("; ")]


def test_persons_are_pseudonyms_where_these_are_asked_for(
    asked_for: pma.Snapshot, sample: pma.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PMANALYTICS_SECRET", SECRET)
    path = write_workbook(asked_for, tmp_path / "w.xlsx", about={})
    shown = shown_owners(path)
    assert len(shown) > 30
    assert all(re.fullmatch(r"person-[0-9a-f]{12}", name) for name in shown)
    # As many pseudonyms as there are persons, and of each as many as it has items.
    named = replace(asked_for, settings=replace(asked_for.settings, persons=True))
    names = shown_owners(write_workbook(named, tmp_path / "named.xlsx", about={}))
    assert sorted(Counter(shown).values()) == sorted(Counter(names).values())
    whole = "".join(text for _, text in parts(path))
    assert named_in(whole, {*sample.people["person"], *names}) == []
    assert SECRET not in whole


def test_a_pseudonym_cannot_be_found_without_the_secret() -> None:
    """A hash without a secret is found by trying the names of the company; HMAC as in RFC 2104."""
    key = b"a secret that only the organisation has"
    made = pseudonym("Ada Byron", key=SECRET)
    expected = hmac.new(key, b"ada-byron", "sha256").hexdigest()[:12]
    assert made == f"person-{expected}" == pseudonym(" ADA  byron", key=SECRET)
    assert made != pseudonym("Ada Byron", key=f"{SECRET}!")
    guesses = {hashlib.sha256(text).hexdigest()[:12] for text in (b"ada-byron", b"Ada Byron")}
    assert made.removeprefix("person-") not in guesses


@pytest.mark.parametrize("secret", ["", "short"])
def test_without_a_secret_nothing_is_written(
    asked_for: pma.Snapshot, secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PMANALYTICS_SECRET", secret)
    with pytest.raises(ConfigurationError, match="PMANALYTICS_SECRET"):
        write_workbook(asked_for, tmp_path / "w.xlsx", about={})
    assert list(tmp_path.iterdir()) == []


def test_another_person_in_another_spelling_is_the_same_one(
    dataset: Callable[..., pma.Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PMANALYTICS_SECRET", SECRET)
    owners = (["Ada Byron"], ["abyron"], ["ada@example.com", "Bo"], [])
    items = [
        {"item_id": f"a:{number}", "state": "open", "title": "x", "owners": list(names)}
        for number, names in enumerate(owners)
    ]
    people = [{"person": "Ada Byron", "aliases": ["abyron", "ada@example.com"]}]
    data = dataset(items=items, people=people, settings=Settings(persons="pseudonyms"))
    taken = pma.snapshot(data, as_of="2026-10-12")
    shown = shown_owners(write_workbook(taken, tmp_path / "w.xlsx", about={}))
    ada, bo = (pseudonym(name, key=SECRET) for name in ("Ada Byron", "Bo"))
    assert sorted(shown) == sorted([ada, ada, ada, bo])
