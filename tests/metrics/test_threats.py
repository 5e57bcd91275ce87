"""Threats to customers, worked by hand on a handful of incidents."""

import pandas as pd
import pytest

import pmanalytics as pma


def incident(number, **known):
    day = f"2026-0{number}-01"
    return {"incident_id": f"INC-{number}", "severity": "sev1", "started_at": f"{day}T08:00Z",
            "resolved_at": f"{day}T10:00Z", **known}  # fmt: skip


def item(number, incident_id, **known):
    created = {"created_at": "2026-01-02T08:00Z", "state": "open"}
    return {"item_id": f"x:{number}", "incident_id": incident_id, **created, **known}


@pytest.fixture(scope="module")
def threats(dataset):
    data = dataset(
        incidents=[
            incident(1, product="shop", impact_minutes=30, customers_affected=100),
            # Nothing says for how long; its product area is that of its service.
            incident(2, service="basket", customers_affected=50, repeat_of="INC-1"),
            incident(3, product="billing"),
        ],
        items=[
            item(1, "INC-1"),  # due on 2026-01-16, overdue
            item(2, "INC-3", state="done", closed_at="2026-03-05T08:00Z"),
            item(3, None, service="Basket"),  # no incident: the area of its own service
            item(4, None),
        ],
        services=[{"service": "basket", "team": "web", "product": "shop"}],
    )
    return pma.snapshot(data, as_of="2026-04-10")


def test_minutes_and_customers_are_added_up_and_what_is_unknown_is_no_zero(threats):
    table = pma.product_threats(threats).set_index("product")
    # shop: INC-1 and INC-2, of which only INC-1 says its minutes; INC-2 is the return of INC-1.
    assert table.loc["shop"].tolist() == [2, 30, 1, 150, 0, 1, 2, 1]
    assert table.loc["billing", ["incidents", "minutes_unknown", "customers_unknown"]].tolist() == [
        1, 1, 1,
    ]  # fmt: skip
    assert table.loc["billing", ["impact_minutes", "customers_affected"]].isna().all()
    # An item of nothing that has a product area comes last, and has no minutes that are known.
    assert pd.isna(table.index[-1])
    assert table["open_items"].tolist() == [2, 0, 1]


def test_narrowing_keeps_the_area_that_the_registry_gives(threats):
    narrowed = pma.product_threats(threats.where(service="basket"))
    assert narrowed["product"].tolist() == ["shop"]
    assert narrowed["repeats"].tolist() == [1]
