"""Other clocks, places and languages: the same bytes, and the same codes."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Try
from tests.faults.verbs import VERBS, Sight, Verb, environment, files_in, hidden_in, run

Place = Callable[[Verb], Path]
QUICK = [name for name in VERBS if name != "report"]
FUTURE, PAST = 4_102_444_800, 1  # 2100 and 1970


def results(
    names: list[str],
    place_of: Place,
    tries: Try,
    *,
    trial: Mapping[str, Any] | None = None,
    **options: Any,
) -> dict[str, tuple[Sight, str]]:
    """What each verb leaves, and what it prints."""
    places = {name: place_of(VERBS[name]) for name in names}
    asked = [
        {"place": str(places[name]), "words": VERBS[name].words, **(trial or {})} for name in names
    ]
    done = tries(*asked, **options)
    assert [one["code"] for one in done] == [0] * len(names), done
    return {
        name: (VERBS[name].sees(place / "after"), (place / "printed.txt").read_text("utf-8"))
        for name, place in places.items()
    }


@pytest.fixture(scope="module")
def at_home(place_of: Place, tries: Try) -> dict[str, tuple[Sight, str]]:
    """What all verbs give in UTC, with the letters of Unicode."""
    return results(QUICK, place_of, tries)


def test_turkish_letters_the_first_zone_and_other_hashes(
    at_home: dict[str, tuple[Sight, str]],
    place_of: Place,
    tries: Try,
    locale_of: Callable[[str], dict[str, str]],
) -> None:
    abroad = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", **locale_of("tr_TR")}
    assert results(QUICK, place_of, tries, env=abroad) == at_home


def test_no_locale_and_the_last_zone_and_a_narrow_mask(
    at_home: dict[str, tuple[Sight, str]], place_of: Place, tries: Try
) -> None:
    plain = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    plain |= {"TZ": "Pacific/Pago_Pago", "PYTHONHASHSEED": "123"}
    found = results(QUICK, place_of, tries, env=plain, umask=0o077)
    assert {name: one[0] for name, one in found.items()} == {
        name: at_home[name][0] for name in QUICK
    }


def test_letters_that_a_terminal_lacks_are_escaped(place_of: Place) -> None:
    place = place_of(VERBS["read"])
    words = ["history", "own:PAY-1", "--config", "second"]
    latin = environment(place, PYTHONIOENCODING="latin-1")
    done = run(place, *words, env=latin, encoding="latin-1")
    assert done.returncode == 0
    head = done.stdout.splitlines()[0]
    assert head == r"own:PAY-1: Größe der Platte \u2026 \u2713"


def test_a_clock_that_jumps_changes_nothing(
    at_home: dict[str, tuple[Sight, str]], place_of: Place, tries: Try
) -> None:
    assert results(QUICK, place_of, tries, trial={"clock": True}) == at_home


def test_a_report_is_the_same_whatever_the_clock_says(place_of: Place, tries: Try) -> None:
    place = place_of(VERBS["report"])
    before = files_in(place / "out")
    words = [word.replace("second", "first") for word in VERBS["report"].words]
    (done,) = tries({"place": str(place), "words": [*words, "--force"], "clock": True})
    assert done["code"] == 0
    assert files_in(place / "after") == before
    assert "unchanged" not in (place / "printed.txt").read_text()


@pytest.mark.parametrize("moment", [FUTURE, PAST], ids=["2100", "1970"])
def test_files_of_another_time_are_read_replaced_and_cleared_away(
    moment: int, at_home: dict[str, tuple[Sight, str]], place_of: Place, tries: Try
) -> None:
    """What stands there, what is read and what was left behind: all of one wrong moment."""
    names = ["read", "workbook", "ingest"]

    def aged(verb: Verb) -> Path:
        place = place_of(verb)
        for file in ("items.csv", "decisions.csv"):
            (place / "out" / f".{file}.0123abcd.part").write_text("left behind")
        for path in [place, *place.rglob("*")]:
            os.utime(path, (moment, moment))
        return place

    places: dict[str, Path] = {}
    found = results(names, lambda verb: places.setdefault(verb.name, aged(verb)), tries)
    assert {name: one[0] for name, one in found.items()} == {
        name: at_home[name][0] for name in names
    }
    assert hidden_in(places["read"] / "after") == set()
    assert hidden_in(places["workbook"] / "after") == {".items.csv.0123abcd.part"}  # not its file
