"""The licences of what the package stands on: followed as they are asked for, refused when unknown."""

from pathlib import Path

import pytest

from tests.licences import dependencies, is_allowed, main


def install(folder: Path, name: str, *about: str) -> None:
    """What an installed package says of itself, as it lies in an environment."""
    place = folder / f"{name}-1.0.dist-info"
    place.mkdir()
    lines = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *about]
    (place / "METADATA").write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """What a package `own` asks for, and `stranger`, which nothing asks for."""
    elsewhere = 'Requires-Dist: elsewhere; sys_platform == "no such system"'
    install(tmp_path, "own", "Requires-Dist: One.A>=1", 'Requires-Dist: two[fast]; extra == "far"')
    install(tmp_path, "one_a", "License: BSD", "Requires-Dist: three", elsewhere)
    install(tmp_path, "two", "License-Expression: MIT", 'Requires-Dist: four; extra == "fast"')
    install(tmp_path, "three", "Classifier: License :: OSI Approved :: ISC License (ISCL)")
    # They ask for each other.
    install(tmp_path, "four", "License: Apache License, Version 2.0", "Requires-Dist: two")
    install(tmp_path, "stranger", "License-Expression: GPL-3.0-only")
    return tmp_path


def test_requirements_are_followed_with_their_extras_and_markers(installed: Path) -> None:
    found = dependencies("own", path=[str(installed)])
    assert [(one.name, one.licence) for one in found] == [
        ("one-a", "BSD-3-Clause"),
        ("three", "ISC"),
    ]
    further = dependencies("own", ["far"], path=[str(installed)])
    assert [one.name for one in further] == ["four", "one-a", "three", "two"]


def test_an_extra_shows_what_it_adds(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["far"], package="own", path=[str(installed)]) == 0
    core, far = capsys.readouterr().out.split("own[far] adds")
    assert "one-a" in core
    assert "one-a" not in far
    assert "four" in far
    assert "stranger" not in core + far


def test_what_is_missing_is_said(installed: Path) -> None:
    install(installed, "more", "Requires-Dist: nowhere")
    with pytest.raises(LookupError, match="nowhere is needed, but not installed"):
        dependencies("more", path=[str(installed)])


@pytest.mark.parametrize(
    "about", ["License-Expression: LGPL-3.0-or-later", "License: GPLv3", "Summary: no word of it"]
)
def test_what_is_not_known_to_be_free_of_duties_is_refused(
    installed: Path, capsys: pytest.CaptureFixture[str], about: str
) -> None:
    install(installed, "more", "Requires-Dist: strict")
    install(installed, "strict", about)
    assert main([], package="more", path=[str(installed)]) == 1
    assert "strict (" in capsys.readouterr().err


@pytest.mark.parametrize(
    "licence",
    [
        "MIT",
        "MIT OR GPL-2.0-only",
        "MPL-2.0 AND (Apache-2.0 OR MIT)",
        "Apache-2.0 WITH LLVM-exception",
    ],
)
def test_one_way_to_use_it_is_enough(licence: str) -> None:
    assert is_allowed(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "MIT AND GPL-2.0-only",
        "(MIT OR Apache-2.0) AND AGPL-3.0-only",
        "MIT OR",
        "((MIT)",
        "__import__('os')",
        "unknown",
    ],
)
def test_every_duty_counts(licence: str) -> None:
    assert not is_allowed(licence)


def test_ours_are_all_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calendars", "lab", "dev"]) == 0
    assert "plotly " in capsys.readouterr().out
