"""Mutilated files: what mail, spreadsheets and editors do to exports, from a seed."""

from collections.abc import Callable
from random import Random

Mutilation = Callable[[bytes, Random], bytes]


def cut(data: bytes, random: Random) -> bytes:
    """The file ends somewhere."""
    return data[: random.randrange(len(data) + 1)]


def without_a_part(data: bytes, random: Random) -> bytes:
    """A part in the middle is lost."""
    start = random.randrange(len(data) + 1)
    return data[:start] + data[start + random.randrange(200) :]


def other_bytes(data: bytes, random: Random) -> bytes:
    """Some bytes are others."""
    changed = bytearray(data)
    for _ in range(random.randrange(1, 12)):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def telling_bytes(data: bytes, random: Random) -> bytes:
    """Characters that formats are made of come up in the wrong place."""
    place = random.randrange(len(data) + 1)
    return (
        data[:place]
        + random.choice([b'"', b",", b";", b"\n", b"\r", b"\x00", b"{", b"]"])
        + data[place:]
    )


def shuffled_lines(data: bytes, random: Random) -> bytes:
    """Lines below the first are in another order."""
    first, *rest = data.split(b"\n")
    random.shuffle(rest)
    return b"\n".join([first, *rest])


def doubled(data: bytes, random: Random) -> bytes:
    """The file was appended to itself."""
    return data + data


def other_line_ends(data: bytes, random: Random) -> bytes:
    """Some lines end as on another system."""
    return b"\n".join(line + random.choice([b"", b"\r"]) for line in data.split(b"\n"))


def other_encoding(data: bytes, random: Random) -> bytes:
    """It was saved in another encoding."""
    text = data.decode("utf-8", errors="replace")
    return text.encode(
        random.choice(["cp1252", "utf-16", "utf-16-le", "utf-8-sig"]), errors="replace"
    )


MUTILATIONS: tuple[Mutilation, ...] = (
    cut, without_a_part, other_bytes, telling_bytes, shuffled_lines, doubled, other_line_ends,
    other_encoding,
)  # fmt: skip


def mutilated(data: bytes, seed: int) -> bytes:
    """One to three mutilations of a file, the same ones for the same seed."""
    random = Random(seed)
    for _ in range(random.randrange(1, 4)):
        data = random.choice(MUTILATIONS)(data, random) if data else data
    return data
