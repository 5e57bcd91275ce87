"""Small organisations whose every figure is worked by hand."""

from typing import Any

Rows = list[dict[str, Any]]


def incident(name: str, day: str, **more: Any) -> dict[str, Any]:
    """An incident that lasted an hour."""
    given = {"incident_id": name, "started_at": f"{day}T10:00Z", "resolved_at": f"{day}T11:00Z"}
    return {"severity": "sev1", "service": "pay", "causes": ["config"], **given, **more}


def item(name: str, of: str, done: str | None = None, **more: Any) -> dict[str, Any]:
    """A preventive item of an incident, open unless it was done on a day."""
    closed = {"state": "done", "closed_at": f"{done}T12:00Z"} if done else {"state": "open"}
    return {"item_id": name, "incident_id": of, "kind": "prevent", **closed, **more}


# Due days by the default policy: 15 days for Sev-1, 30 for Sev-2.
# A 2026-07-01 -> 07-16; B 2026-08-01 -> 08-16; C (Sev-2) 2026-07-10 -> 08-09; O 2026-04-01 -> 04-16.
# B has the service and the cause of A, 31 days later: it is its return.
INCIDENTS: Rows = [
    incident("O", "2026-04-01", service="web", causes=["disk"]),
    incident("A", "2026-07-01"),
    incident("C", "2026-07-10", severity="sev2", service="web", causes=["dns"]),
    incident("B", "2026-08-01"),
]
ITEMS: Rows = [
    item("o1", "O", "2026-04-10"),
    item("a1", "A", "2026-07-10"),
    item("a2", "A"),
    item("b1", "B", "2026-08-20", kind="mitigate"),
    item("c1", "C", "2026-08-01"),
]
SERVICES: Rows = [{"service": "pay", "team": "core"}, {"service": "web"}]
