"""Damaged files: whatever bytes were lost or changed, there is a workbook or one sentence."""

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pmanalytics.answers.edited import read_edited
from pmanalytics.errors import InputError

Parts = dict[str, bytes]


def flipped(content: bytes, chance: random.Random) -> bytes:
    """A few bytes changed."""
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def cut(content: bytes, chance: random.Random) -> bytes:
    """A piece taken out."""
    start = chance.randrange(len(content))
    return content[:start] + content[start + chance.randint(1, 400) :]


def doubled(content: bytes, chance: random.Random) -> bytes:
    """A piece repeated where it stands."""
    start = chance.randrange(len(content))
    end = start + chance.randint(1, 400)
    return content[:end] + content[start:end] + content[end:]


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (flipped, cut, doubled)


def damaged(given: Path, target: Path, seed: int) -> None:
    """Damage the file itself, or a part of it that is packed again."""
    chance = random.Random(seed)
    damage = chance.choice(DAMAGES)
    if chance.random() < 0.2:
        target.write_bytes(damage(given.read_bytes(), chance))
        return
    with zipfile.ZipFile(given) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    parts[name] = damage(parts[name], chance)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_file_is_read_or_refused_in_a_sentence(
    given: Path, tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "damaged.xlsx"
    damaged(given, path, seed)
    before = read_edited(given, zone="UTC")
    try:
        result = read_edited(path, zone="UTC")
    except InputError as problem:
        said = str(problem)
        assert said.startswith(str(path))
        assert said.endswith(".")
        assert "\n" not in said
    else:
        # What was given out is as it was, for its checksum would not be that of other texts.
        assert result.baseline == before.baseline
        assert result.about == before.about
