"""CODEOWNERS: the dialects, and the services that the rules own by their path."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.catalogs import read_catalog
from pmanalytics.registry import service_owners

SERVICES = """\
service,team,path
basket,,services/basket
legacy,,/services/legacy/
search,,services/search
fax,,services/fax
mail,,./services/mail
api,,api
readme,,README.md
dotted,,lib/v1.2
blank,,with blank
library,,x/lib/y
elsewhere,,https://example.com/o/r
pathless,,
"""
PEOPLE = """\
person,team,aliases
Ines,shop,ines;ines@example.com
Zoe,shop,zoe
Zoe,docs,
"""


def owned(tmp_path: Path, place: str, rules: str | bytes) -> tuple[pd.DataFrame, pd.Series]:
    """What the rules say of the services above, and what became of their file."""
    (tmp_path / "services.csv").write_text(SERVICES, "utf-8")
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    file = tmp_path / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(rules if isinstance(rules, bytes) else rules.encode())
    data = pma.read(tmp_path)
    said = data.services[data.services["source"].eq("codeowners").fillna(value=False)]
    return said, data.files.set_index("path").loc[place]


def teams(said: pd.DataFrame) -> dict[str, list[str]]:
    grouped = said.assign(team=said["team"].fillna("")).groupby("service")["team"]
    return grouped.agg(sorted).to_dict()


def test_the_last_rule_that_fits_owns_a_service(registry_samples: Path, tmp_path: Path) -> None:
    rules = (registry_samples / "CODEOWNERS").read_bytes()
    said, file = owned(tmp_path, ".github/CODEOWNERS", rules)
    assert teams(said) == {
        "basket": ["shop"],  # @ines, who is in the team shop
        "legacy": [""],  # unowned on purpose
        "search": ["shop"],  # neither its folder db nor the files in services are the service
        "fax": ["shop"],  # its own line names no owner that is one, so it is no rule
        "mail": ["shop"],
        "api": ["platform"],
        "readme": ["docs"],
        "library": ["platform"],
        "dotted": ["platform"],
    }
    assert said["path"].tolist()[0] == "services/basket"
    # Of eight rules these own nothing: /services/search/db, /services/*, and the one of @zoe, who
    # is in two teams. No rule: the range, the escaped #, and the one without an owner.
    assert (file["filtered"], file["rejects"], file["other"]) == (3, 3, 9)
    assert file["warnings"] == [
        "Rules name only owners that are no team, and persons of no team or of several that the "
        "registry knows, for 1 service: 'blank'."
    ]


def test_sections_of_gitlab_are_judged_apart(registry_samples: Path, tmp_path: Path) -> None:
    rules = (registry_samples / "gitlab_CODEOWNERS").read_bytes()
    said, file = owned(tmp_path, "repository/.gitlab/CODEOWNERS", rules)
    assert teams(said) == {
        "legacy": ["platform", "shop"],
        "basket": ["platform", "shop"],
        "mail": ["messages", "platform"],
        # Excluded from the section Shop; a role of GitLab is no team.
        "fax": ["platform"],
        "search": ["platform"],
        **{name: ["platform"] for name in ("api", "readme", "library", "blank", "dotted")},
    }
    # Three headings; of seven rules the exclusion, the two of the optional section, and the role.
    assert (file["filtered"], file["rejects"]) == (7, 0)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("/services/ @e/a\n/services/ @e/b\n", ["b"]),
        ("/services/basket/ @e/a\n* @e/b\n", ["b"]),
        ("services/basket @e/a", ["a"]),
        ("/services/*/ @e/a", ["a"]),
        ("/services/** @e/a", ["a"]),
        ("services/* @e/a", None),
        ("/basket/ @e/a", None),
        ("basket/ @e/a", ["a"]),
        ("**/basket @e/a", ["a"]),
        ("services/basket/*.py @e/a", None),
        ("* @e/a\n/services/basket/\n", [""]),
        ("* @e/a\n/services/basket/ # @e/b\n", [""]),
        ("* @e/a @e/b\n", ["a", "b"]),
        ("*\t@e/a  \r\n", ["a"]),
        ("* ines@example.com", ["shop"]),
        ("* @shop", ["shop"]),
        ("* @nobody-knows", None),
        # From here on GitLab.
        ("[A]\n* @e/a # @e/b\n", ["a", "b"]),
        ("[A] @e/a\n*\n[B]\n* @e/b\n", ["a", "b"]),
        ("[A] @e/a\n*\n[a]\n* @e/b\n", ["b"]),
        ("[A]\n*\nx @e/a\n", [""]),
        ("^[A] @e/a\n*\n", ["a"]),
        ("^[A] @e/a\n*\n[B]\n* @e/b\n", ["b"]),
        ("^[A][2] @e/a\n*\n[B]\n*\n", ["a"]),
        ("* @e/a\n!basket/\n", [""]),
        ("!basket/\n* @e/a\n", [""]),
        ("* @e/a\n[B]\nx @e/b\n!services/basket/ @e/c\n", ["a"]),
        ("[A]\nservices/basket/ @e/a\n", ["a"]),
        ("[A]\n/basket/ @e/a\n", None),
    ],
)
def test_which_team_owns_the_basket(rules: str, expected: list[str] | None, tmp_path: Path) -> None:
    said, _ = owned(tmp_path, "CODEOWNERS", rules)
    assert teams(said).get("basket") == expected


def test_a_folder_may_have_a_dot_in_its_name(tmp_path: Path) -> None:
    said, _ = owned(tmp_path, "CODEOWNERS", "/lib/v1.2/ @e/a\n/README.md @e/b\n")
    assert teams(said) == {"dotted": ["a"], "readme": ["b"]}


def test_a_catalog_outranks_codeowners(tmp_path: Path) -> None:
    (tmp_path / "services.csv").write_text("service,team,path\na,web,a\nb,,b\n", "utf-8")
    (tmp_path / "CODEOWNERS").write_text("* @e/core\n", "utf-8")
    owners = service_owners(pma.read(tmp_path).services).set_index("service")
    assert owners["team"].to_dict() == {"a": "web", "b": "core"}
    assert owners["owners"].to_dict() == {"a": 1, "b": 1}


def test_a_repository_is_known_by_its_folder(registry_samples: Path, tmp_path: Path) -> None:
    (tmp_path / "catalog-info.yaml").write_bytes((registry_samples / "backstage.yaml").read_bytes())
    for repository, team in (("basket", "a"), ("other", "b")):
        file = tmp_path / "example" / repository / "docs" / "CODEOWNERS"
        file.parent.mkdir(parents=True)
        file.write_text(f"* @example/{team}\n", "utf-8")
    services = pma.read(tmp_path).services
    said = services[services["source"] == "codeowners"]
    assert said[["service", "team"]].to_numpy().tolist() == [["basket", "a"]]


def test_a_configuration_names_codeowners(tmp_path: Path) -> None:
    (tmp_path / "services.csv").write_text("service,team,path\na,,a\n", "utf-8")
    (tmp_path / "CODEOWNERS").write_text("/a/ @e/core\n", "utf-8")
    (tmp_path / "pmanalytics.toml").write_text(
        '[registry]\nservices = ["CODEOWNERS", "services.csv"]\n', "utf-8"
    )
    data = pma.read(tmp_path)
    assert data.files["path"].tolist() == ["CODEOWNERS", "services.csv"]
    assert service_owners(data.services)["team"].tolist() == ["core"]


def test_a_file_without_a_rule_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_text("# nothing\n/a/\n", "utf-8")
    with pytest.raises(pma.InputError, match="holds no rule of CODEOWNERS"):
        pma.read(tmp_path / "CODEOWNERS")


def test_wildcards_without_end_are_rejected(
    tmp_path: Path, rows: Callable[..., list[list[object]]]
) -> None:
    file = tmp_path / "CODEOWNERS"
    file.write_text("* @e/a\n" + "*a" * 30 + " @e/a\n" + "**/" * 9 + "b @e/a\n", "utf-8")
    rejects = read_catalog(file, name="CODEOWNERS").rejects
    assert rows(rejects, "row", "rule") == [[2, "no_rule"], [3, "no_rule"]]


@pytest.mark.real
def test_the_owners_of_a_working_group(shared_exports: Path) -> None:
    """Seven lines name a pattern and owners, counted by eye; no service is known to tie them to."""
    read = read_catalog(shared_exports / "ownership" / "quicwg_CODEOWNERS", name="CODEOWNERS")
    assert (read.rows, read.filtered, len(read.rejects)) == (7, 7, 0)
    assert [len(table) for table in read.tables.values()] == [0, 0, 0]
    (sentence,) = read.warnings
    assert sentence.startswith("It ties no service to a team: none of its 7 rules")
