"""An export folder in which every text is an attack: one title for each thing that can go wrong.

Every title bears a word of its own (`nty07`), so that a test can tell that it came through, and
what it would do shows: `data-canary` on the root of a page, another title, a request to
canary.invalid, or the content of a file beside the export.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["SECRET", "TITLES", "naughty_folder", "token"]

SECRET = "the-content-of-a-file-of-this-machine"
FIRE = "document.documentElement.dataset.canary='TOKEN';document.title='FIRED'"
# Formulas, markup, scripts, templates, terminal and text tricks; TOKEN becomes the word of each.
_TEXTS = (
    f"<script>{FIRE}</script> TOKEN",
    f"</script><script>{FIRE}</script> TOKEN",
    f'<img src=x onerror="{FIRE}"> TOKEN',
    f"<svg/onload={FIRE}> TOKEN",
    f'"><details open ontoggle="{FIRE}"> TOKEN',
    f"' onmouseover='{FIRE}' autofocus onfocus='{FIRE}' TOKEN",
    f'<a href="javascript:{FIRE}" id=contents>TOKEN</a>',
    "<img src=https://canary.invalid/TOKEN.png> TOKEN",
    "<iframe src=SECRET></iframe><object data=SECRET></object> TOKEN",
    "<link rel=stylesheet href=https://canary.invalid/TOKEN.css> TOKEN",
    "<link rel=attachment href=SECRET> TOKEN",
    "<meta http-equiv=refresh content='0;url=https://canary.invalid/TOKEN'> TOKEN",
    "<base href=https://canary.invalid/> TOKEN",
    "<form action=https://canary.invalid/><input name=x></form> TOKEN",
    f"<!-- TOKEN --!><script>{FIRE}</script>",
    f"<![CDATA[<script>{FIRE}</script>]]> TOKEN",
    f"</title></style></textarea></template><script>{FIRE}</script> TOKEN",
    "</style><style>body{display:none}</style> TOKEN",
    "};*{background:url(https://canary.invalid/TOKEN)}/* TOKEN",
    f"<math><mtext></math><script>{FIRE}</script> TOKEN",
    f"[TOKEN](javascript:{FIRE})",
    "![TOKEN](https://canary.invalid/TOKEN.png)",
    "<https://canary.invalid/TOKEN> https://canary.invalid/TOKEN www.canary.invalid/TOKEN",
    "[TOKEN]: https://canary.invalid/ 'x'",
    "@channel @here <!channel> <@U123> TOKEN",
    "# TOKEN\n\n- one\n\n> quote\n\n```\ncode\n```\n| a | b |\n|---|---|",
    "***TOKEN*** ~~gone~~ `code` __under__",
    f"$\\href{{javascript:{FIRE}}}{{TOKEN}}$ costs $5 to $10",
    "<b>bold</b><extra>TOKEN</extra><a href='https://canary.invalid/TOKEN'>link</a>",
    "%{x} %{customdata[0]} TOKEN",
    "=cmd|' /C calc'!A0 TOKEN",
    '=HYPERLINK("https://canary.invalid/TOKEN","TOKEN")',
    "@SUM(1+1)*cmd|'/C calc'!A0 TOKEN",
    "+1+1 TOKEN",
    "-1+1 TOKEN",
    "\t=1+1 TOKEN",
    "\r=1+1 TOKEN",
    "\n=1+1 TOKEN",
    "'=1+1 TOKEN",
    '";=1+1;" TOKEN',
    "#REF! TOKEN",
    "{{7*7}} {{ ''.__class__.__mro__ }} TOKEN",
    "{% raw %}{% include SECRET %} TOKEN",
    "${7*7} #{7*7} `${7*7}` <%= 7*7 %> TOKEN",
    "{0} {team.__class__} %s %(x)s TOKEN",
    "../../../../etc/passwd TOKEN",
    "\x1b[2J\x1b]0;FIRED\x07 TOKEN",
    "NUL \x00 TOKEN",
    "\u202egnp.TOKEN\u202c \u2066turned\u2069 TOKEN",
    "zero\u200bwidth\u200c\u200d\ufeff\u00ad TOKEN",
    "line\u2028and\u2029paragraph \x0b\x0c\x85 TOKEN",
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd TOKEN",
    "\U0001f525\U0001f469\u200d\U0001f4bb\U0001f3f4 TOKEN",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e TOKEN",
    "NaN None null NA #N/A TOKEN",
    "TOKEN" + " and so on" * 10_000,
    "unbroken-TOKEN-" + "x" * 2_000,
)


def token(number: int) -> str:
    """The word by which a title is found again."""
    return f"nty{number:02}"


def _titles() -> tuple[str, ...]:
    return tuple(text.replace("TOKEN", token(number)) for number, text in enumerate(_TEXTS))


TITLES: tuple[str, ...] = _titles()


def naughty_folder(folder: Path) -> Path:
    """Write an export folder whose every text is one of TITLES; give its configuration.

    Each title is the title of an overdue preventive item, of an incident that came back, of the
    service and the team of both, and of a cause; addresses of tickets are attacks, too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "secret.txt"
    secret.write_text(SECRET)
    titles = [title.replace("SECRET", secret.as_uri()) for title in TITLES]
    _write(folder / "items.csv", [_item(number, title) for number, title in enumerate(titles)])
    incidents = [row for number, title in enumerate(titles) for row in _incidents(number, title)]
    _write(folder / "incidents.csv", incidents)
    _write(folder / "services.csv", [{"service": title, "team": ""} for title in titles])
    teams = [{"team": title, "project": title, "parent": ""} for title in titles[::2]]
    _write(folder / "teams.csv", teams)
    decided = {"decided_on": "2026-07-02", "kind": "commitment", "until": "2026-09-30"}
    decisions = [{**decided, "subject": title, "value": title, "reason": title} for title in titles]
    _write(folder / "decisions.csv", decisions)
    # Only JSON can hold half of a pair of surrogates.
    (folder / "github<img src=x onerror=alert(1)>.json").write_text(json.dumps(_issues()))
    organisation = json.dumps(titles[0] + titles[30])
    settings = (
        f'organisation = {organisation}\ntimezone = "Europe/Berlin"\ndecisions = "decisions.csv"\n'
        '[[policy]]\neffective = 2020-01-01\nclock = "incident_resolved"\n'
        'rules = [{severity = "sev1", days = 15}, {severity = "sev2", days = 30}]\n'
    )
    files = ("items.csv", "incidents.csv", "services.csv", "teams.csv", "github*.json")
    settings += "".join(f'[[source]]\npath = "{name}"\n' for name in files)
    (folder / "pmanalytics.toml").write_text(settings)
    return folder / "pmanalytics.toml"


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    rows = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)


def _item(number: int, title: str) -> dict[str, Any]:
    addresses = (
        f"javascript:{FIRE}",
        f"https://tickets.example.com/{token(number)}",
        f'https://tickets.example.com/"onmouseover="{FIRE}',
        "data:text/html,<script>alert(1)</script>",
        f"  JaVaScRiPt:{FIRE}",
    )
    return {
        "item_id": f"jira:{token(number)}-1",
        "title": title,
        "kind": "prevent",
        "severity": f"sev{number % 2 + 1}",
        "state": "done" if number % 4 == 3 else "open",
        "status": title,
        "owners": "",
        "team": title,
        "service": title,
        "project": title,
        "planned": title,
        "incident_id": f"INC-{number}",
        "created_at": "2026-06-02T08:00:00Z",
        "closed_at": "2026-07-05T08:00:00Z" if number % 4 == 3 else "",
        "url": addresses[number % len(addresses)],
        "labels": title,
    }


def _incidents(number: int, title: str) -> list[dict[str, Any]]:
    """An incident and its return, of the same service and cause."""
    shared = {"title": title, "summary": title, "severity": f"sev{number % 2 + 1}"}
    shared |= {"service": title, "causes": title, "product": title, "url": "javascript:alert(1)"}
    days = (("", "2026-06-01"), ("b", "2026-08-20"))
    return [
        {
            "incident_id": f"INC-{number}{suffix}",
            **shared,
            "started_at": f"{day}T08:00:00Z",
            "resolved_at": f"{day}T12:00:00Z",
        }
        for suffix, day in days
    ]


def _issues() -> list[dict[str, Any]]:
    address = "https://github.com/example/shop/issues/"
    times = {"created_at": "2026-07-01T08:00:00Z", "updated_at": "2026-10-11T08:00:00Z"}
    return [
        {
            "number": number,
            "title": f"half a pair {half} {token(90 + number)}",
            "state": "open",
            "html_url": f"{address}{number}",
            "labels": [{"name": "postmortem"}, {"name": "sev1"}, {"name": "20260601"}],
            "assignees": [],
            **times,
        }
        for number, half in enumerate(("\ud800", "\udc00", "\udfff\ud800"), start=1)
    ]
