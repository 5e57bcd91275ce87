"""A small organisation whose workbook is edited: items in all states, decided and undecided."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pmanalytics as pma
from pmanalytics.datasets import Dataset
from pmanalytics.snapshots import Snapshot
from pmanalytics.workbook import write_workbook

__all__ = ["AS_OF", "ON", "World", "small_world"]

AS_OF: Final = "2026-10-12"
ON: Final = "2026-10-14"  # the day on which the answers come back
PERIOD: Final = "2026Q3"

FILES: Final = {
    "pmanalytics.toml": """organisation = "Small & Co"
timezone = "Europe/Berlin"
decisions = "decisions.csv"

[[source]]
path = "items.csv"
observed_at = 2026-10-12T06:00:00Z

[[source]]
path = "incidents.csv"
observed_at = 2026-10-12T06:00:00Z

[registry]
services = "services.csv"
teams = "teams.csv"
""",
    "teams.csv": "team,project\nPayments,PAY\nSearch,SEA\nMail,MAIL\n",
    "services.csv": "service,team,product,verified_on\n"
    "checkout,Payments,Shop,2026-09-01\n"
    "search-index,Search,Shop,2026-09-01\n"
    "mailer,Mail,Post,2026-09-01\n"
    "ledger,,Books,2026-09-01\n",
    "incidents.csv": "incident_id,title,severity,started_at,resolved_at,service,repeat_of,"
    "impact_minutes,customers_affected\n"
    "INC-1,Checkout ran out of disk space on the order database,sev1,2026-07-01T08:00:00Z,"
    "2026-07-01T10:00:00Z,checkout,,120,900\n"
    "INC-2,Checkout lost its order database,sev1,2026-08-03T08:00:00Z,2026-08-03T09:00:00Z,"
    "checkout,INC-1,60,400\n"
    "INC-3,Search index lost its replicas during a rolling upgrade,sev2,2026-08-20T08:00:00Z,"
    "2026-08-20T20:00:00Z,search-index,,720,\n"
    "INC-4,Search index lost its replicas during the rolling upgrade,sev2,2026-09-15T08:00:00Z,"
    "2026-09-15T09:00:00Z,,,60,50\n"
    "INC-5,Refund letters were sent twice to the same customers,sev3,2026-09-01T08:00:00Z,"
    "2026-09-01T09:00:00Z,mailer,,,2000\n"
    "INC-6,Refund letters were sent twice to some customers,sev3,2026-10-01T08:00:00Z,"
    "2026-10-01T09:00:00Z,mailer,,,1500\n",
    # Two overdue, two pending, one without a target, one that nobody owns, one done and one
    # dropped in the quarter, and one that was done too long ago to be listed.
    "items.csv": "item_id,key,title,state,team,service,project,incident_id,created_at,"
    "promised_on,closed_at,updated_at,url\n"
    "own:PAY-1,PAY-1,Alert on a full disk,open,Payments,checkout,PAY,INC-1,"
    "2026-07-02T09:00:00Z,2026-08-31,,2026-10-01T09:00:00Z,https://tracker.example/PAY-1\n"
    "own:PAY-2,PAY-2,Move the order database to larger disks,open,Payments,checkout,PAY,INC-2,"
    "2026-08-04T09:00:00Z,,,2026-10-01T09:00:00Z,https://tracker.example/PAY-2\n"
    "own:SEA-1,SEA-1,Wait for replicas before the next node,open,Search,search-index,SEA,INC-4,"
    "2026-09-16T09:00:00Z,2026-10-20,,2026-10-01T09:00:00Z,\n"
    "own:SEA-2,SEA-2,=SUM(A1) is what the dashboard showed,open,,search-index,SEA,INC-4,"
    "2026-09-16T09:00:00Z,,,2026-10-01T09:00:00Z,\n"
    "own:MAIL-1,MAIL-1,Send each letter once,open,Mail,mailer,MAIL,INC-5,"
    "2026-09-02T09:00:00Z,2026-11-30,,2026-10-01T09:00:00Z,\n"
    "own:BOOK-1,BOOK-1,Say who keeps the ledger,open,,ledger,,INC-6,"
    "2026-10-02T09:00:00Z,,,2026-10-02T09:00:00Z,\n"
    "own:SEA-3,SEA-3,Alert on a missing replica,done,Search,search-index,SEA,INC-3,"
    "2026-08-21T09:00:00Z,2026-09-10,2026-09-05T09:00:00Z,2026-09-05T09:00:00Z,\n"
    "own:PAY-3,PAY-3,Buy another database,dropped,Payments,checkout,PAY,INC-2,"
    "2026-08-04T09:00:00Z,,2026-08-20T09:00:00Z,2026-08-20T09:00:00Z,\n"
    "own:PAY-0,PAY-0,Write the runbook for a full disk,done,Payments,checkout,PAY,,"
    "2026-03-02T09:00:00Z,,2026-04-01T09:00:00Z,2026-04-01T09:00:00Z,\n",
    # Every kind of answer once, so that there is something to clear and something to keep.
    "decisions.csv": "decided_on,subject,kind,value,until,reason,role,origin\n"
    "2026-08-10,PAY-1,waiver,,2026-12-31,waits for the new disks,product manager,review\n"
    "2026-08-10,own:PAY-1,note,Ask again in November,,,,\n"
    "2026-09-20,own:SEA-1,promised,,2026-11-15,,product manager,review\n"
    "2026-09-20,own:SEA-2,owner_team,Search,,,product manager,review\n"
    "2026-09-21,own:MAIL-1,drop,,,letters will end in spring,product manager,review\n"
    "2026-09-22,INC-4,repeat,INC-3,,the same upgrade,incident lead,review\n"
    "2026-09-23,label-printing,commitment,One team for the ledger,2026-12-31,,CTO,review\n",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class World:
    """The folder of the exports, what was read of it, and the workbook that was given out."""

    folder: Path
    data: Dataset
    workbook: Path

    @property
    def decisions(self) -> Path:
        return self.folder / "decisions.csv"


def seen(data: Dataset) -> Snapshot:
    return pma.snapshot(data, as_of=AS_OF, period=PERIOD)


def write_book(data: Dataset, path: Path, *, as_of: str = AS_OF) -> Path:
    """The workbook of a dataset, as a report gives it out."""
    snapshot = pma.snapshot(data, as_of=as_of, period=PERIOD)
    about = {"title": "Report on action items", "organisation": "Small & Co", "as_of": as_of}
    return write_workbook(snapshot, path, about={**about, "period": PERIOD})


def small_world(folder: Path) -> World:
    """Write the exports and the workbook into a folder."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "given").mkdir()
    data = pma.read(folder)
    return World(folder, data, write_book(data, folder / "given" / "workbook.xlsx"))
