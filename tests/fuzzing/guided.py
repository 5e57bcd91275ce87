"""The guided loop: atheris changes inputs, and goes on with those that reach code not seen before.

One process takes several targets in turns. The first line of an input names its target, so that
all of them share one corpus. It stops at no find: the input is kept, once for each place in the
code, and the loop goes on.
"""

import argparse
import hashlib
import json
import resource
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from tests.fuzzing.changing import packed, unpacked

if TYPE_CHECKING:
    from tests.fuzzing.targets import Target

# What is watched for code that was not seen before: all that looks at what comes in.
WATCHED: Final = (
    "answers", "appending", "catalogs", "datasets", "decisions", "documents", "drafting", "ingesting",
    "inputs", "labels", "linking", "reading", "registry", "settings", "store", "trackers",
)  # fmt: skip
MEMORY: Final = 6_000_000_000
LONGEST_INPUT: Final = 1_000_000
NATIVE: Final = 0.25  # the share of changes that know nothing of the form
SAVED_EVERY: Final = 0.5  # seconds
OURS: Final = ("/pmanalytics/", "/tests/fuzzing/")


@dataclass
class Loop:
    """Some targets, what was done with each, and where finds are kept."""

    targets: "Mapping[str, Target]"
    native: Callable[[bytes, int], bytes]
    output: Path
    record: Path
    runs: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    finds: dict[str, str] = field(default_factory=dict)
    seeds: dict[str, list[bytes]] = field(default_factory=dict)
    saved: float = 0.0

    def seed(self, corpus: Path) -> None:
        """Put the seeds of the targets into the corpus."""
        corpus.mkdir(parents=True, exist_ok=True)
        for name, target in self.targets.items():
            self.seeds[name] = list(target.seeds())
            for content in self.seeds[name]:
                framed = _framed(name, content)
                (corpus / hashlib.sha256(framed).hexdigest()[:16]).write_bytes(framed)

    def run(self, framed: bytes) -> None:
        """Try one input."""
        name, content = _split(framed)
        if name not in self.targets:
            return
        began = time.process_time()
        try:
            with tempfile.TemporaryDirectory() as folder:
                self.targets[name].attempt(content, Path(folder))
        except KeyboardInterrupt:
            raise
        except BaseException as problem:
            # Whatever is raised is a find, a panic of compiled code as well.
            self._keep(name, content, problem)
        self.runs[name] += 1
        self.seconds[name] += time.process_time() - began
        self.save(every=SAVED_EVERY)

    def change(self, framed: bytes, most: int, seed: int) -> bytes:
        """Another input, of the one that was chosen or of the target that had the least time."""
        random = Random(seed)
        name, content = _split(framed)
        if name not in self.targets or random.random() < 0.5:
            name = min(self.targets, key=lambda each: self.seconds[each])
            content = random.choice(self.seeds[name])
        target = self.targets[name]
        if random.random() >= NATIVE:
            content = target.change(content, random)
        elif parts := unpacked(content) if target.form in ("xlsx", "zip") else {}:
            part = random.choice(sorted(parts))
            content = packed({**parts, part: self.native(parts[part], len(parts[part]) + 64)})
        else:
            content = self.native(content, len(content) + 64)
        return _framed(name, content)[:most]

    def save(self, *, every: float) -> None:
        """Write down what was done, unless that was done a moment ago."""
        if time.monotonic() - self.saved < every:
            return
        self.saved = time.monotonic()
        told = {
            name: {"runs": self.runs[name], "seconds": self.seconds[name]} for name in self.targets
        }
        self.record.write_text(json.dumps({"targets": told, "finds": self.finds}))

    def _keep(self, name: str, content: bytes, problem: BaseException) -> None:
        frames = [
            f"{Path(frame.filename).name}:{frame.lineno}"
            for frame in traceback.extract_tb(problem.__traceback__)
            if any(part in frame.filename for part in OURS)
        ]
        place = f"{name} {frames[-1:]}" if isinstance(problem, AssertionError) else str(frames[-1:])
        what = f"{type(problem).__name__} {place}"
        if what in self.finds:
            return
        digest = hashlib.sha256(content).hexdigest()[:8]
        file = self.output / "finds" / name / f"{digest}-{type(problem).__name__}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.finds[what] = str(file)
        print(f"find: {file}", *traceback.format_exception(problem), sep="\n", flush=True)
        self.save(every=0)


def _framed(name: str, content: bytes) -> bytes:
    return name.encode() + b"\n" + content


def _split(framed: bytes) -> tuple[str, bytes]:
    name, _, content = framed.partition(b"\n")
    return name.decode("utf-8", "replace"), content


def main(arguments: Sequence[str] | None = None) -> None:
    """Fuzz some targets for some seconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--record", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("names", nargs="+")
    asked = parser.parse_args(arguments)
    warnings.simplefilter("error")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    import atheris

    with atheris.instrument_imports(include=[f"pmanalytics.{name}" for name in WATCHED]):
        from tests.fuzzing.targets import by_name

        targets = {name: by_name()[name] for name in asked.names}

    def native(data: bytes, most: int) -> bytes:
        # Looked up late, because the loop puts another function there.
        return atheris.Mutate(data, most)

    loop = Loop(targets, native, asked.output, asked.record)
    corpus = asked.output / "corpus" / asked.record.stem
    loop.seed(corpus)
    options = {
        "max_total_time": asked.seconds, "max_len": LONGEST_INPUT, "len_control": 0, "verbosity": 0,
        "rss_limit_mb": 0, "timeout": 120, "report_slow_units": 1000, "artifact_prefix": f"{asked.output}/", "seed": asked.seed,
    }  # fmt: skip
    flags = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup(["fuzz", *flags, str(corpus)], loop.run, custom_mutator=loop.change)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
