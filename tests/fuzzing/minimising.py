"""Making a find small before it is kept: python -m tests.fuzzing.minimising FILE of a target.

FILE lies in a folder that bears the name of its target, as the guided loop leaves it. What is left
out as long as the same place in the code raises the same: parts of an archive, then lines, then
bytes.
"""

import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.fuzzing.changing import packed, unpacked
from tests.fuzzing.targets import FINDS, Target, by_name


def fault(target: Target, content: bytes) -> str:
    """What is raised and where; nothing when all is well."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            target.attempt(content, Path(folder))
        except Exception as problem:
            frame = traceback.extract_tb(problem.__traceback__)[-1]
            return f"{type(problem).__name__}-{Path(frame.filename).stem}-{frame.lineno}"
    return ""


def smaller(content: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """The content without all that can be left out, by halves, quarters and so on."""
    if parts := unpacked(content):
        return _smaller_archive(parts, fails)
    for end in (b"\n", b""):
        content = _without_pieces(content, end, fails)
    return content


def _smaller_archive(parts: dict[str, bytes], fails: Callable[[bytes], bool]) -> bytes:
    for name in sorted(parts, key=lambda name: -len(parts[name])):
        left = {other: held for other, held in parts.items() if other != name}
        if fails(packed(left)):
            parts = left
    for name in parts:
        parts[name] = smaller(parts[name], lambda held, n=name: fails(packed({**parts, n: held})))
    return packed(parts)


def _without_pieces(content: bytes, end: bytes, fails: Callable[[bytes], bool]) -> bytes:
    pieces = content.split(end) if end else [bytes([byte]) for byte in content]
    size = max(len(pieces) // 2, 1)
    while True:
        for left in _shortened(pieces, size):
            if fails(end.join(left)):
                pieces = left
                break
        else:
            if size == 1:
                return end.join(pieces)
            size //= 2


def _shortened(pieces: list[bytes], size: int) -> Iterator[list[bytes]]:
    for start in range(0, len(pieces), size):
        yield pieces[:start] + pieces[start + size :]


def main() -> None:
    """Minimise the files that are named, into the folder of finds."""
    warnings.simplefilter("error")
    for file in map(Path, sys.argv[1:]):
        target = by_name()[file.parent.name]
        wanted = fault(target, file.read_bytes())
        if not wanted:
            print(f"{file}: all is well")
            continue
        found = smaller(file.read_bytes(), lambda held, t=target, w=wanted: fault(t, held) == w)
        kept = FINDS / target.name / file.name
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(found)
        print(f"{kept}: {len(found)} bytes, {wanted}")


if __name__ == "__main__":
    main()
