"""Updates for GitHub: commands that a real shell runs, with a `gh` that writes down its words."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mistune
import pytest

from pmanalytics.answers.updates import Updates, ticket_updates
from pmanalytics.datasets import Dataset
from tests.naughty import TITLES, token

DAY = "2026-10-12"
RECORDER = """#!{python}
import json, sys
with open({record!r}, "a", encoding="utf-8") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
"""
# What a shell does by itself, with no program on its path.
SHELL_TRICKS = (
    "'; : > fired; '",
    '"; : > fired; "',
    "$(: > fired)",
    "`: > fired`",
    "x' --body-file=/etc/passwd '",
    "--body-file=/etc/passwd",
    "-R other/repository",
    "ends in a backslash \\",
    "\\'; : > fired #",
    "a\n: > fired\nb",
    "a\r: > fired",
    "a\u2028: > fired\x00: > fired",
    "& : > fired &",
    "| : > fired",
    "!! !$ *?[a-z]~ ${HOME} $'\\n' \\$(: > fired)",
    "\nEOF\n: > fired",
)


def item(key: str = "shop/web#12", **more: Any) -> dict[str, Any]:
    owned = {"item_id": f"github:{key}", "source": "github", "key": key, "state": "open"}
    return {**owned, "title": "Alert on a full disk", **more}


def decided(kind: str, key: str = "shop/web#12", **more: Any) -> dict[str, Any]:
    return {"decided_on": DAY, "subject": f"github:{key}", "kind": kind, **more}


@pytest.fixture
def words(tmp_path: Path) -> Callable[[str], list[list[str]]]:
    """Run a script with a real shell; give the words of each call of `gh`."""
    programs, place = tmp_path / "programs", tmp_path / "place"
    programs.mkdir()
    place.mkdir()
    record = tmp_path / "record"
    program = programs / "gh"
    program.write_text(RECORDER.format(python=sys.executable, record=str(record)))
    program.chmod(0o755)

    def run(script: str) -> list[list[str]]:
        record.write_text("")
        (tmp_path / "updates.sh").write_text(script, encoding="utf-8")
        done = subprocess.run(
            ["/bin/sh", str(tmp_path / "updates.sh")],
            cwd=place,
            env={"PATH": str(programs), "HOME": os.fspath(place), "LC_ALL": "C.UTF-8"},
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert list(place.iterdir()) == []
        return [json.loads(line) for line in record.read_text("utf-8").splitlines()]

    return run


def test_each_ticket_is_one_command(
    dataset: Callable[..., Dataset], words: Callable[[str], list[list[str]]]
) -> None:
    keys = ["shop/web#9", "shop/web#12", "shop/api#3"]
    made = [
        decided("drop", "shop/web#9", reason="it's gone"),
        decided("promised", until="2026-11-30"),
        decided("owner_team", value="core"),
        decided("waiver", "shop/api#3", until="2026-12-24", reason="the vendor is late"),
        decided("note", "shop/api#3", value="ask again"),
    ]
    updates = ticket_updates(
        dataset(items=[item(key) for key in keys], decisions=made), form="github"
    )
    assert updates.count == 3
    assert words(updates.text) == [
        [
            "issue", "comment", "3", "--repo=shop/api",
            f"--body=Waived until 2026-12-24 (decided on {DAY}): `the vendor is late`. "
            f"Note (written on {DAY}): `ask again`.",
        ],
        [
            "issue", "close", "9", "--repo=shop/web", "--reason=not planned",
            f"--comment=Dropped (decided on {DAY}): `it's gone`.",
        ],
        [
            "issue", "comment", "12", "--repo=shop/web",
            f"--body=New promised date 2026-11-30 (decided on {DAY}). "
            f"Owner team `core` (decided on {DAY}).",
        ],
    ]  # fmt: skip


def test_nothing_that_people_wrote_is_run_or_taken_for_an_option(
    dataset: Callable[..., Dataset], words: Callable[[str], list[list[str]]]
) -> None:
    texts = [*SHELL_TRICKS, *TITLES]
    keys = [f"shop/web#{number}" for number in range(1, len(texts) + 1)]
    made = [
        decided(("drop", "waiver")[number % 2], key, until="2026-12-24", reason=text)
        for number, (key, text) in enumerate(zip(keys, texts, strict=True))
    ]
    items = [item(key, title=text) for key, text in zip(keys, texts, strict=True)]
    other = [
        {**item("x", title=texts[0]), "item_id": f"{text}:x", "source": text} for text in texts
    ]
    more = [decided("note", value="x") | {"subject": f"{text}:x"} for text in texts]
    data = dataset(items=items + other, decisions=made + more)
    updates = ticket_updates(data, form="github")
    called = words(updates.text)
    assert len(called) == updates.count == len(texts)
    for number, (call, text) in enumerate(zip(called, texts, strict=True)):
        verb = ("close", "comment")[number % 2]
        assert call[:4] == ["issue", verb, str(number + 1), "--repo=shop/web"]
        assert call[4:-1] == (["--reason=not planned"] if verb == "close" else [])
        begins = (
            f"--comment=Dropped (decided on {DAY}): `",
            f"--body=Waived until 2026-12-24 (decided on {DAY}): `",
        )
        assert call[-1].startswith(begins[number % 2])
        if number >= len(SHELL_TRICKS):
            assert token(number - len(SHELL_TRICKS)) in call[-1]
        else:
            # On one line, every visible character is there, in its order.
            visible = re.sub(r"[\s\x00]", "", text)
            assert visible in re.sub(r"\s", "", call[-1])
        # GitHub takes no comment of more than 65,536 characters.
        assert len(call[-1]) < 65_536
    lines = updates.text.splitlines()
    assert all(line.startswith(("#", "gh issue ")) for line in lines)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", updates.text)


@pytest.mark.parametrize(
    "text",
    [
        "@octocat #7 shop/api#3 closes #12",
        "![x](https://canary.invalid/x.png) <img src=x> **b**",
        "`@octocat`",
        "``` @octocat ``",
        "a ` b `` c @octocat",
        " `",
        "*`*@octocat*`*",
        "\\` @octocat",
    ],
)
def test_what_people_wrote_is_one_code_span(
    dataset: Callable[..., Dataset], words: Callable[[str], list[list[str]]], text: str
) -> None:
    """In code GitHub mentions nobody and links nothing; a parser of Markdown says what is code."""
    data = dataset(items=[item()], decisions=[decided("note", value=text)])
    ((*_, body),) = words(ticket_updates(data, form="github").text)
    blocks: Any = mistune.create_markdown(renderer=None)(body.removeprefix("--body="))
    assert [block["type"] for block in blocks] == ["paragraph"]
    assert [(part["type"], part["raw"]) for part in blocks[0]["children"]] == [
        ("text", f"Note (written on {DAY}): "),
        ("codespan", text.strip()),
        ("text", "."),
    ]


ADDRESSES = [
    ("shop/web#12", "", "shop/web"),
    ("shop/web#12", "https://github.com/shop/web/issues/12", "shop/web"),
    ("shop/web#12", "https://GitHub.com/Shop/Web/issues/12", "shop/web"),
    ("shop/web#12", "https://git.example.com/shop/web/issues/12", "git.example.com/shop/web"),
    ("a_b/.github#1", "", "a_b/.github"),
    # An address that is another one's, or none.
    ("shop/web#12", "https://github.com/shop/web/issues/13", None),
    ("shop/web#12", "https://github.com/shop/api/issues/12", None),
    ("shop/web#12", "http://github.com/shop/web/issues/12", None),
    ("shop/web#12", "https://git.example.com$(id)/shop/web/issues/12", None),
    ("shop/web#12", "https://-x.example.com/shop/web/issues/12", None),
    ("shop/web#12", "https://localhost/shop/web/issues/12", None),
    ("shop/web#12", "javascript:alert(1)", None),
    ("#12", "", None),
    ("-R/web#12", "", None),
    ("shop/..#12", "", None),
    ("shop/web#0", "", None),
    ("shop/web#-1", "", None),
    ("shop/web#12\n", "", None),
    ("shop/web/x#12", "", None),
    ("shop/web#\u0661\u0662", "", None),
    ("sh\u00f6p/web#12", "", None),
    ("shop/web;id#12", "", None),
]


@pytest.mark.parametrize(("key", "url", "repository"), ADDRESSES)
def test_only_a_plain_address_is_written_to(
    dataset: Callable[..., Dataset],
    words: Callable[[str], list[list[str]]],
    key: str,
    url: str,
    repository: str | None,
) -> None:
    data = dataset(items=[item(key, url=url or None)], decisions=[decided("note", key, value="x")])
    updates = ticket_updates(data, form="github")
    called = words(updates.text)
    assert [call[3] for call in called] == ([f"--repo={repository}"] if repository else [])
    assert updates.count == len(called)
    assert len(updates.left_out) == (0 if repository else 1)
    warned = "# These commands write to git.example.com" in updates.text
    assert warned == (repository is not None and "git.example.com" in repository)
    for line in updates.left_out:
        assert f"# Not in this file: {line}\n" in updates.text


def test_a_file_without_updates_says_so(sample: Dataset) -> None:
    updates = ticket_updates(sample, form="github")
    assert updates.count == 0
    assert updates.text.splitlines()[1].startswith("# Ticket updates for GitHub, 0 tickets.")
    assert updates.text.splitlines()[2] == "# SAMPLE DATA: these tickets do not exist."
    assert "gh issue" not in updates.text


def test_a_source_may_have_another_name(dataset: Callable[..., Dataset]) -> None:
    files = [{"path": "issues.json", "format": "github", "source": "hub"}]
    named = item() | {"item_id": "hub:shop/web#12", "source": "hub"}
    made = [decided("note", value="x") | {"subject": "hub:shop/web#12"}]
    updates: Updates = ticket_updates(
        dataset(items=[named], decisions=made, files=files), form="github"
    )
    assert (updates.count, updates.left_out) == (1, ())
