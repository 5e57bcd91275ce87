import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from pmanalytics.errors import ReportError
from pmanalytics.reporting import kernels, serving, workers
from pmanalytics.reporting.kernels import run_notebook, warm_worker
from pmanalytics.reporting.reports import Run
from pmanalytics.reporting.workers import Worker, asked

# A kernel and our shell name the file of a cell differently, and colour a traceback differently.
FILE = re.compile(r"<ipython-input-\d+-\w+>|/[^\s\"]*/ipykernel_\d+/\d+\.py|\b\d+\.py\b")
COLOUR = re.compile(r"\\u001b\[[0-9;]*m")
PROC = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")
FORK = pytest.mark.skipif(not workers.FORKS, reason="this system cannot fork")

# What a notebook may show, one cell each.
SHOWING = (
    "print('a'); print('b', end='')",
    "import sys\nprint('out'); print('err', file=sys.stderr); print('out again')",
    "import warnings\nwarnings.warn('careful')\n3",
    "6 * 7",
    "6 * 7;",
    "None",
    "_ + 1",
    "import pandas as pd\npd.DataFrame({'a': [1, None], 'b': ['<x>', 'y']})",
    "import plotly.graph_objects as go\ngo.Figure(go.Scatter(x=[1, 2], y=[3, None]))",
    "print('before')\ndisplay({'text/plain': 'mine', 'application/x-mine+json': {'n': [1]}}, raw=True)\n"
    "print('after')\n'last'",
    "class Mine:\n    def _repr_mimebundle_(self, **_):\n        return {'application/x-mine+json':"
    " {'deep': {'list': [1, 2.5, None, True, 'é']}}, 'text/plain': 'mine'}\nMine()",
    "class Both:\n    def _repr_html_(self):\n        return '<b>x</b>'\n    def __repr__(self):\n        return 'both'\nBoth()",
    "import datetime as dt\ndisplay({'application/x-d+json': {'on': dt.datetime(2026, 1, 2, tzinfo=dt.timezone.utc)}}, raw=True)",
    "display({'image/png': b'\\x89PNG'}, raw=True)",
    "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('kept')",
    "shown = display('first', display_id='one')\nshown.update('second')",
    "%who_ls str",
    "x = [\n    1,\n]\nassert x\nx",
    "await __import__('asyncio').sleep(0, 'awaited')",
    "print('said')\n1 / 0",
    "def broken():\n    raise ValueError('a\\nb')\nbroken()",
    "1 +",
    "import sys\nsys.exit(3)",
    "class Bad:\n    def _repr_html_(self):\n        raise KeyError('k')\n    def __repr__(self):\n        return 'bad'\nBad()",
)  # fmt: skip


def notebook(folder: Path, *cells: str) -> Path:
    """A notebook with a heading and some code."""
    made = new_notebook(cells=[new_markdown_cell("# Mine"), *map(new_code_cell, cells)])
    made.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "P"}
    path = folder / "mine.ipynb"
    nbformat.write(made, path)
    return path


def said(done: Any, cell: int = -1) -> str:
    """What a cell printed."""
    return "".join(output.get("text", "") for output in done.cells[cell].outputs)


def settled(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outputs as they compare: prints joined, code without its invented file name, no colours."""
    found: list[dict[str, Any]] = []
    for output in outputs:
        text = FILE.sub("<cell>", COLOUR.sub("", json.dumps(output)))
        one = json.loads(re.sub(" +", " ", text) if output["output_type"] == "error" else text)
        before = found[-1] if found else {}
        if one["output_type"] == "stream" and before.get("name") == one["name"]:
            before["text"] += one["text"]
        else:
            found.append(one)
    return found


@pytest.fixture(scope="module")
def of_a_kernel() -> list[list[dict[str, Any]]]:
    """What a real kernel shows for each cell."""
    made = new_notebook(cells=list(map(new_code_cell, SHOWING)))
    client = nbclient.NotebookClient(made, kernel_name="python3", allow_errors=True)
    client.execute(env=os.environ | {"PYTHONWARNINGS": "", "IPYTHONDIR": "/nowhere"})
    return [cell.outputs for cell in made.cells]


@pytest.mark.parametrize("cell", range(len(SHOWING)))
def test_a_cell_shows_what_a_kernel_shows(
    of_a_kernel: list[list[dict[str, Any]]], of_ours: list[dict[str, Any]], cell: int
) -> None:
    ours = [nbformat.from_dict(output) for output in of_ours[cell]["outputs"]]
    assert settled(ours) == settled(of_a_kernel[cell])
    assert of_ours[cell]["execution_count"] == cell + 1
    assert of_ours[cell]["failed"] == any(o["output_type"] == "error" for o in ours)


@pytest.fixture(scope="module")
def of_ours() -> list[dict[str, Any]]:
    """What our own process shows for each cell."""
    worker = Worker()
    try:
        with worker.child() as child:
            return [asked(child, source, seconds=60) for source in SHOWING]
    finally:
        worker.close()


LEAK = (
    "import builtins, os, random, sys\nimport numpy as np, pandas as pd, plotly.io as pio\n"
    "import pmanalytics as pma\n",
    "print(globals().get('left'), hasattr(builtins, 'left'), os.environ.get('LEFT'), os.getcwd(),"
    " pd.get_option('display.max_rows'), pio.templates.default, pma.__version__,"
    " pma.sample().items['title'].iloc[0] == 'left', 'left' in sys.modules, sys.getrecursionlimit(),"
    " pd.DataFrame.left if hasattr(pd.DataFrame, 'left') else None)",
    "left = builtins.left = 1\nos.environ['LEFT'] = '1'\nos.chdir('/')\n"
    "pd.set_option('display.max_rows', 7)\npio.templates.default = 'none'\npma.__version__ = 'left'\n"
    "sys.modules['left'] = sys\nsys.setrecursionlimit(4321)\npd.DataFrame.left = 3\n"
    "pma.sample().items['title'] = 'left'",
    "print(np.random.random(), random.random())",
)


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """One process for most of the tests below, as a batch has one for its reports."""
    with warm_worker() as warm:
        yield partial(run_notebook, worker=warm)


def test_nothing_leaks_from_one_report_to_the_next(tmp_path: Path, run: Run) -> None:
    path = notebook(tmp_path, *LEAK)
    first, second = run(path, {}), run(path, {})
    assert said(first, 2).startswith(f"None False None {Path.cwd()} 60 ")
    assert said(second, 2) == said(first, 2)
    assert said(second) != said(first), "both threw the same dice"


def test_reports_of_a_batch_stand_on_one_reading(tmp_path: Path, run: Run) -> None:
    rows = "item_id,title,created_at\nx:1,One,2026-01-05\n"
    (tmp_path / "items.csv").write_text(rows)
    opening = {"config": str(tmp_path), "period": "2026Q1", "as_of": "2026-03-01"}
    path = notebook(
        tmp_path,
        "import pmanalytics as pma\n"
        f"print(len(pma.open_report({opening['config']!r}, period='2026Q1', as_of='2026-03-01').data.items),"
        f" len(pma.read({opening['config']!r}).items))",
    )
    with warm_worker() as warm:
        warm.open_ahead([opening])
        opened = partial(run_notebook, worker=warm)
        opened(path, {})
        (tmp_path / "items.csv").write_text(f"{rows}x:2,Two,2026-01-06\n")
        assert said(opened(path, {})) == "1 2\n"
    assert said(run(path, {})) == "2 2\n"


def test_what_starts_threads_works_after_a_fork(tmp_path: Path) -> None:
    path = notebook(
        tmp_path,
        "import numpy as np, pandas as pd, pyarrow.csv, io, pmanalytics as pma\n"
        "from scipy import optimize, linalg",
        "big = '\\n'.join(['a,b', *[f'{n},x' for n in range(300_000)]]).encode()\n"
        "print(pyarrow.csv.read_csv(io.BytesIO(big)).num_rows)",
        "some = np.random.default_rng(1).random((400, 400))\n"
        "print(round(float(linalg.norm(some @ linalg.inv(some) - np.eye(400))), 3))",
        "print(optimize.minimize(lambda x: (x - 2) ** 2, 0.0).x.round(3), len(pma.sample().items) > 0)",
        "print(pma.snapshot(pma.sample(), as_of='2026-10-12'), "
        "len(pma.similar_incidents(pma.snapshot(pma.sample(), as_of='2026-10-12'))) >= 0)",
    )
    with warm_worker() as warm:
        warm.open_ahead([{"config": "", "period": "2026Q3", "as_of": ""}])
        done = run_notebook(path, {}, worker=warm)
    assert [said(done, cell).split()[0] for cell in (2, 3, 4)] == ["300000", "0.0", "[2.]"]
    assert said(done).endswith("True\n")


def test_two_at_a_time_do_not_mix(notebooks: Path, run: Run) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda n: run(notebooks / "asks.ipynb", {"count": n}), range(6)))
    assert [said(one).split()[2] for one in done] == list("012345")


def test_braces_in_a_path_are_no_fields(tmp_path: Path, notebooks: Path, run: Run) -> None:
    path = tmp_path / "{count} {x.__class__}.ipynb"
    path.write_text((notebooks / "asks.ipynb").read_text())
    assert "it 9 False" in said(run(path, {"count": 9}))


@pytest.mark.parametrize(
    "cells",
    [("raise KeyError('k')", "print(1)"), ("print(1)", "raise KeyError('k')")],
    ids=["first", "last"],
)
def test_an_error_in_the_first_or_the_last_cell_ends_the_report(
    tmp_path: Path, run: Run, cells: tuple[str, ...]
) -> None:
    with pytest.raises(ReportError, match=r"^mine\.ipynb failed under 'Mine': KeyError: 'k'$"):
        run(notebook(tmp_path, *cells), {})


def test_an_empty_notebook_and_empty_cells_are_no_trouble(tmp_path: Path, run: Run) -> None:
    assert run(notebook(tmp_path, " ", "", "1"), {}).cells[-1].execution_count == 1
    assert len(run(notebook(tmp_path), {}).cells) == 1


def test_a_cell_that_takes_too_long_is_ended(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "EXECUTION_TIMEOUT", 3)
    path = notebook(tmp_path, "while True:\n    pass")
    with pytest.raises(ReportError, match="ran for more than"):
        run(path, {})
    monkeypatch.setattr(kernels, "EXECUTION_TIMEOUT", 600)
    assert said(run(notebook(tmp_path, "print(2)"), {})) == "2\n"


@FORK
@pytest.mark.parametrize(
    "ending",
    ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.kill(os.getppid(), 9); time.sleep(.5); os._exit(1)"],
    ids=["exits", "is killed", "with its worker"],
)  # fmt: skip
def test_after_a_death_the_next_report_is_made(tmp_path: Path, run: Run, ending: str) -> None:
    with pytest.raises(ReportError, match="ended twice"):
        run(notebook(tmp_path, f"import os, time\n{ending}"), {})
    assert said(run(notebook(tmp_path, "print(2)"), {})) == "2\n"


def test_a_death_that_happens_once_is_not_told(tmp_path: Path, run: Run) -> None:
    mark = tmp_path / "mark"
    path = notebook(
        tmp_path,
        f"import os, pathlib\nmark = pathlib.Path({str(mark)!r})\nknown = mark.exists()\nmark.touch()\n"
        "known or os._exit(1)\nprint('again')",
    )
    assert said(run(path, {})) == "again\n"


def test_a_process_that_cannot_start_says_why(
    notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_SERVING", "import no_such_module; ")
    with pytest.raises(ReportError, match="No module named 'no_such_module'"):
        run_notebook(notebooks / "asks.ipynb", {})


def test_without_forks_each_notebook_has_a_process(
    notebooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "FORKS", False)
    with warm_worker() as warm:
        alone = partial(run_notebook, worker=warm)
        assert "it 5 False" in said(alone(notebooks / "asks.ipynb", {"count": 5}))
        with pytest.raises(ReportError, match="ended twice"):
            alone(notebooks / "fails.ipynb", {"kind": "death"})
        with pytest.raises(ReportError, match="ZeroDivisionError"):
            alone(notebooks / "fails.ipynb", {"kind": "division"})


def gone(number: int) -> bool:
    """Whether a process has ended, whoever has to bury it."""
    try:
        return "State:\tZ" in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return True


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something holds within two minutes."""
    for _ in range(1200):
        if holds():
            return True
        time.sleep(0.1)
    return False


STARTING = (
    "import os, subprocess, sys\n"
    "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "print(os.getpid(), os.getppid(), other.pid, flush=True)"
)


@PROC
@FORK
def test_no_process_is_left_behind(tmp_path: Path) -> None:
    with warm_worker() as warm:
        done = run_notebook(notebook(tmp_path, STARTING), {}, worker=warm)
        numbers = list(map(int, said(done).split()))
        assert eventually(lambda: gone(numbers[0]))
        assert not gone(numbers[1])
    assert all(eventually(lambda number=number: gone(number)) for number in numbers)


@PROC
@FORK
def test_what_a_notebook_began_beside_ends_with_it(tmp_path: Path) -> None:
    told = tmp_path / "told"
    cell = (
        "import os, pathlib, time\nfrom pmanalytics.reporting.beside import begun\n"
        f"told = pathlib.Path({str(told)!r})\n"
        "result = begun(lambda: (told.write_text(f'{os.getpid()}.'), time.sleep(600)))\n"
        "while not told.exists() or not told.read_text().endswith('.'):\n    time.sleep(.01)\n1 / 0"
    )
    with warm_worker() as warm:
        with pytest.raises(ReportError, match="ZeroDivisionError"):
            run_notebook(notebook(tmp_path, cell), {}, worker=warm)
        number = int(told.read_text().rstrip("."))
        assert eventually(lambda: gone(number))


def test_charts_of_several_cells_count_against_what_a_notebook_may_show(
    tmp_path: Path, run: Run
) -> None:
    cell = "display({'application/x-mine+json': {'x': ['x' * 1_000_000] * 30}}, raw=True)"
    with pytest.raises(ReportError, match="may show 50 million characters"):
        run(notebook(tmp_path, cell, cell), {})


def test_an_order_is_heard_once_and_known_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The fork that heard it may die before it has read what it names.
    monkeypatch.setattr(sys, "stdin", io.StringIO('[{"config": "nowhere"}]\n'))
    for _ in range(2):
        assert serving._read(tmp_path / "order.json") == ([{"config": "nowhere"}], {})


@PROC
@FORK
@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_when_the_caller_is_ended_all_is_ended(tmp_path: Path, ended_by: signal.Signals) -> None:
    told = tmp_path / "told"
    path = notebook(
        tmp_path, f"{STARTING}\nopen({str(told)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}"
        " {other.pid}.')\nimport itertools, pathlib, tempfile\nfor number in itertools.count():\n"
        "    pathlib.Path(tempfile.gettempdir(), str(number % 50)).touch()"
    )  # fmt: skip
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = os.environ | {"TMPDIR": str(temporary)}
    code = (
        "import pathlib, sys\nfrom pmanalytics.reporting.kernels import run_notebook\n"
        "run_notebook(pathlib.Path(sys.argv[1]), {})"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stderr=subprocess.DEVNULL, env=environment
    ) as caller:
        assert eventually(lambda: told.exists() and told.read_text().endswith("."))
        caller.send_signal(ended_by)
        assert caller.wait(60) != 0
    numbers = map(int, told.read_text().rstrip(".").split())
    assert all(eventually(lambda number=number: gone(number)) for number in numbers)
    assert eventually(lambda: not list(temporary.glob("pma-*")))


def test_the_usual_engine_of_papermill_stays_what_it_is(notebooks: Path, run: Run) -> None:
    from papermill.engines import NBClientEngine, papermill_engines

    run(notebooks / "asks.ipynb", {})
    assert papermill_engines.get_engine(None) is NBClientEngine
    assert papermill_engines.get_engine("nbclient") is NBClientEngine
