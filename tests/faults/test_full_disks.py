"""Disks that are full or read-only: one sentence, the right code, and what was there before."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Try
from tests.faults.killing import old_or_new
from tests.faults.verbs import VERBS, Verb, files_in, hidden_in, one_sentence

PAGE = 4096  # bytes by which a small disk grows
Place = Callable[[Verb], Path]


def trial_of(verb: Verb, place: Path, **trial: Any) -> dict[str, Any]:
    return {"place": str(place), "words": verb.words} | trial


def used(folder: Path) -> int:
    """The bytes that the files of a folder take on a small disk, which are whole pages."""
    found = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return sum(-(-size // PAGE) * PAGE for size in found)


def sizes(place: Path, *, trials: int, seed: int, most: int) -> Iterator[int]:
    """Disks on which there is room for what stands there, and then for less than `most` bytes."""
    chances, least = random.Random(seed), max(used(place / "out"), PAGE)
    for _ in range(trials):
        yield least + chances.randrange(0, most, PAGE)


def survive(verb: Verb, place: Path, done: dict[str, Any]) -> str:
    """What a command must leave that found no room, or some; says how it ended."""
    after, code = place / "after", done["code"]
    old, seen = verb.sees(place / "out"), verb.sees(after)
    assert code in (0, 2, verb.full), done
    if code == 0:
        return "new"
    if verb.together:
        assert old_or_new(seen, old, seen) == "old"
    assert one_sentence(done["said"]), done["said"]
    assert "Traceback" not in done["said"]
    assert {name for name in hidden_in(after) if name.endswith(".part")} == set()
    return "old"


def test_a_small_disk_that_is_full_keeps_the_old(
    place_of: Place, tries: Try, mounting: tuple[str, ...]
) -> None:
    full_disks(list(VERBS), trials=1, seed=3, place_of=place_of, tries=tries, mounting=mounting)


def full_disks(
    names: list[str],
    *,
    trials: int,
    seed: int,
    place_of: Place,
    tries: Try,
    mounting: tuple[str, ...],
) -> set[str]:
    """Run commands on disks of random sizes; how they ended."""
    asked = []
    for name in names:
        for number in range(trials):
            place = place_of(VERBS[name])
            size = next(sizes(place, trials=1, seed=seed + number, most=12 * PAGE))
            asked.append((VERBS[name], place, size))
    trials_of = [trial_of(verb, place, full={"out": size}) for verb, place, size in asked]
    done = tries(*trials_of, before=mounting)
    return {survive(verb, place, one) for (verb, place, _), one in zip(asked, done, strict=True)}


def test_files_that_may_not_grow_keep_the_old(place_of: Place, tries: Try) -> None:
    """As on a disk that is full; the first write of a large file is the one that fails."""
    asked = [(VERBS[name], place_of(VERBS[name])) for name in VERBS if name != "report"]
    done = tries(*(trial_of(verb, place, largest=700) for verb, place in asked))
    for (verb, place), one in zip(asked, done, strict=True):
        assert one["code"] == 2, (verb.name, one)
        assert survive(verb, place, one) == "old"


def test_a_folder_for_temporary_files_that_is_full_is_one_sentence(
    place_of: Place, tries: Try, mounting: tuple[str, ...]
) -> None:
    asked = [(VERBS[name], place_of(VERBS[name])) for name in ("init", "workbook", "read")]
    for _, place in asked:
        (place / "tmp" / "full").write_bytes(bytes(PAGE))
    done = tries(
        *(trial_of(verb, place, full={"tmp": PAGE}) for verb, place in asked), before=mounting
    )
    ends = [survive(verb, place, one) for (verb, place), one in zip(asked, done, strict=True)]
    # The last two need no room there.
    assert ends == ["old", "new", "new"]


def test_a_folder_that_is_read_only_is_one_sentence(
    place_of: Place, tries: Try, mounting: tuple[str, ...]
) -> None:
    asked = [(verb, place_of(verb)) for verb in VERBS.values()]
    done = tries(
        *(trial_of(verb, place, read_only=["out"]) for verb, place in asked), before=mounting
    )
    for (verb, place), one in zip(asked, done, strict=True):
        assert one["code"] == 2, (verb.name, one)
        assert "ead-only file system" in one["said"], one
        assert survive(verb, place, one) == "old"


def test_exports_are_read_where_nothing_can_be_written(
    place_of: Place, tries: Try, mounting: tuple[str, ...]
) -> None:
    asked = [(VERBS[name], place_of(VERBS[name])) for name in ("read", "ingest", "init")]
    done = tries(
        *(trial_of(verb, place, read_only=["second"]) for verb, place in asked), before=mounting
    )
    assert [one["code"] for one in done] == [0] * len(asked), done


@pytest.mark.parametrize("printed", ["full", "closed", "broken"])
def test_what_is_printed_is_lost_and_nothing_else(
    printed: str, place_of: Place, tries: Try
) -> None:
    """A full disk behind `>`, no standard output, and a reader who went away."""
    figures = Verb(
        "metrics", ("metrics", "--config", "second", "--as-of", "2026-10-12"), lambda _: None
    )
    asked = [(VERBS[name], place_of(VERBS[name])) for name in ("read", "workbook", "ingest")]
    asked.append((figures, place_of(VERBS["init"])))
    done = tries(*(trial_of(verb, place, printed=printed) for verb, place in asked))
    for (verb, _), one in zip(asked, done, strict=True):
        assert one["code"] == (0 if printed == "closed" else 2), (verb.name, one)
        assert "Traceback" not in one["said"]
        if printed == "full":
            assert one_sentence(one["said"])
            assert "make room" in one["said"]


@pytest.mark.parametrize("said", ["full", "closed", "broken"])
def test_nobody_need_hear_what_is_said_aside(said: str, place_of: Place, tries: Try) -> None:
    """A report tells how far it is; a wrong call tells why it fails."""
    place = place_of(VERBS["init"])
    wrong = {"place": str(place), "words": ["read", "nowhere.csv"], "said": said}
    verb = VERBS["report" if said == "full" else "read"]
    right = trial_of(verb, place_of(verb), said=said)
    assert [one["code"] for one in tries(wrong, right)] == [2, 0]


def test_a_folder_in_the_place_of_a_table_changes_no_other(place_of: Place, tries: Try) -> None:
    """Nothing can take its place, which is known before the first table is replaced."""
    verb = VERBS["read"]
    place = place_of(verb)
    (place / "out" / "teams.csv").unlink()
    (place / "out" / "teams.csv").mkdir()
    before = files_in(place / "out")
    (done,) = tries(trial_of(verb, place))
    assert done["code"] == 2
    assert one_sentence(done["said"])
    assert "Is a directory" in done["said"]
    assert files_in(place / "after") == before
    assert hidden_in(place / "after") == set()
