"""Backstage: the entities of a catalog."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import pmanalytics as pma
from pmanalytics.catalogs import read_catalog
from pmanalytics.errors import InputError
from pmanalytics.trackers import FileTables

CATALOG = """\
# The catalog of a small company.
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout-api
  title: Checkout API
  annotations:
    github.com/project-slug: shop/checkout
    pagerduty.com/service-id: PABC123
spec: {type: service, lifecycle: production, owner: "group:default/team-a", system: shop}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: checkout-api}
spec: {owner: team-b}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: orders-db}
spec: {owner: user:ada}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: 1234}
spec: {owner: user:default/bob}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: fax}
spec: {type: service}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {title: no name}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: team-a
  title: Team A
  annotations: {jira/project-key: "PAY, BILL"}
spec: {type: team, parent: shop-department, children: [], members: [ada, user:default/cy]}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-b}
spec: {type: team, children: [], members: [bob]}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: engineering}
spec: {type: department, children: [team-b, team-a]}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ada}
spec: {profile: {displayName: Ada Lovelace, email: ada@example.com}, memberOf: [team-a]}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: bob}
spec: {memberOf: [team-a]}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: no}
spec: {}
---
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: {name: elsewhere}
spec: {targets: [./more.yaml]}
---
- neither
---
"""


def rows(frame: pd.DataFrame, *columns: str) -> list[list[object]]:
    return frame[list(columns)].astype("object").fillna("").to_numpy().tolist()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "catalog-info.yaml"
    path.write_text(CATALOG, "utf-8")
    return path


def test_components_and_their_like_are_services(file: Path) -> None:
    services = read_catalog(file, name="c.yaml").tables["services"]
    assert rows(services, "service", "team", "product", "path", "source", "row") == [
        ["checkout-api", "team-a", "shop", "shop/checkout", "backstage", 2],
        ["1234", "", "", "", "backstage", 22],
        ["fax", "", "", "", "backstage", 27],
        ["orders-db", "team-a", "", "", "backstage", 17],
    ]
    assert services["aliases"].tolist() == [["Checkout API", "PABC123"], [], [], []]


def test_groups_are_teams_with_projects_and_a_parent(file: Path) -> None:
    teams = read_catalog(file, name="c.yaml").tables["teams"]
    assert rows(teams, "team", "project", "parent") == [
        ["team-a", "PAY", "shop-department"],
        ["team-a", "BILL", "shop-department"],
        ["team-b", "", "engineering"],
        ["engineering", "", ""],
    ]
    assert teams["aliases"].tolist() == [["Team A"], ["Team A"], [], []]


def test_users_and_members_are_people(file: Path) -> None:
    people = read_catalog(file, name="c.yaml").tables["people"]
    assert rows(people, "person", "team") == [
        ["ada", "team-a"],
        ["bob", "team-b"],
        ["bob", "team-a"],
        ["no", ""],
        ["cy", "team-a"],
    ]
    assert people["aliases"].iloc[0] == ["Ada Lovelace", "ada@example.com"]


def test_every_entity_is_accounted_for(file: Path) -> None:
    read = read_catalog(file, name="c.yaml")
    assert rows(read.rejects, "file", "row", "rule") == [
        ["c.yaml", 32, "no_name"],
        ["c.yaml", 74, "no_entity"],
    ]
    # The API that bears a component's name, and the location.
    assert read.filtered == 2
    assert read.rows == sum(map(len, read.tables.values())) + read.filtered + len(read.rejects)


def test_a_person_in_several_teams_owns_nothing_and_is_warned_of(file: Path) -> None:
    (sentence,) = read_catalog(file, name="c.yaml").warnings
    assert sentence == (
        "1 service of it named a person as owner who is in no team that the registry knows, or in "
        "several, and who counts for none: '1234'."
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"kind: Component\nmetadata: {name: [}\n", r"c\.yaml is not valid YAML in line 2: .*mend"),
        (
            b"apiVersion: v1\nkind: Component\n\tmetadata: x\n",
            r"c\.yaml is not valid YAML in line 3",
        ),
        (b"a: 1\n---\nname: !!python/object/apply:os.system [ls]\n", r"not valid YAML in line 3"),
        (b"apiVersion: !!int x\n", "a value cannot be understood"),
        (b"\xff\x00kind", "UTF-8"),
        (b"- " * 5000, "not valid YAML"),
        (b"", "holds no entry of a catalog"),
        (b"services:\n  web: {image: web}\n", "holds no entry of a catalog"),
    ],
)
def test_what_is_no_catalog_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=sentence) as raised:
        read_catalog(path, name="c.yaml")
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"c\.yaml cannot be read"):
        read_catalog(tmp_path / "none.yaml", name="c.yaml")


@pytest.mark.real
def test_the_catalog_of_backstage_itself(shared_exports: Path) -> None:
    path = shared_exports / "ownership" / "backstage_catalog-info.yaml"
    read = read_catalog(path, name=path.name)
    services = read.tables["services"]
    assert rows(services, "service", "team", "path") == [
        ["backstage-existing", "CNCF", "backstage/backstage"]
    ]
    assert (read.rows, read.filtered, len(read.rejects), read.warnings) == (1, 0, 0, ())


def test_a_system_is_a_product_and_hands_no_owner_down(
    sample: Callable[[str], FileTables],
) -> None:
    read = sample("backstage.yaml")
    assert rows(read.tables["services"], "service", "team", "product", "path") == [
        ["basket", "store", "shop", "example/basket"],
        ["vouchers", "", "shop", ""],
        ["shop", "store", "commerce", ""],
    ]
    # 3 services, 1 team, 1 person, and the domain.
    assert (read.rows, read.filtered) == (6, 1)


def test_files_of_a_folder_know_each_other(tmp_path: Path) -> None:
    head = "apiVersion: backstage.io/v1alpha1\n"
    (tmp_path / "a.yaml").write_text(
        f"{head}kind: Component\nmetadata: {{name: api}}\nspec: {{owner: user:ada}}\n", "utf-8"
    )
    (tmp_path / "people.csv").write_text("person,team,aliases\nAda L,core,ada\n", "utf-8")
    data = pma.read(tmp_path)
    assert rows(data.services, "service", "team") == [["api", "core"]]
    assert data.files["warnings"].map(list).tolist() == [[], []]


def test_the_entities_of_the_api_are_read_too(tmp_path: Path) -> None:
    entity = {"apiVersion": "backstage.io/v1alpha1", "kind": "Component"}
    listed = [{**entity, "metadata": {"name": "api"}, "spec": {"owner": "group:default/core"}}]
    (tmp_path / "entities.json").write_text(json.dumps(listed), "utf-8")
    services = pma.read(tmp_path / "entities.json").services
    assert rows(services, "service", "team", "source") == [["api", "core", "backstage"]]
