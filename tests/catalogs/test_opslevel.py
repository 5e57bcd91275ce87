"""OpsLevel: services and components."""

from collections.abc import Callable

from pmanalytics.trackers import FileTables


def test_services_and_components(
    sample: Callable[[str], FileTables], rows: Callable[..., list[list[object]]]
) -> None:
    read = sample("opslevel.yml")
    services = read.tables["services"]
    assert rows(services, "service", "team", "product", "path", "source", "row") == [
        ["Label printing", "depots", "depot-operations", "example/depots/labels", "opslevel", 1],
        ["Scales", "", "yard", "", "opslevel", 12],
    ]
    assert services["aliases"].tolist() == [["labels", "label-printing"], []]
    # The repository is filtered, the service without a name rejected.
    assert rows(read.rejects, "row", "rule") == [[18, "no_name"]]
    assert (read.rows, read.filtered, read.warnings) == (4, 1, ())
