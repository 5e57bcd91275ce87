"""Are the action items of postmortems done in time, who owns them, and do the incidents return?

    >>> import pmanalytics as pma
    >>> data = pma.sample()
    >>> q3 = pma.snapshot(data, as_of="2026-10-12", period="2026Q3")
    >>> pma.attainment(q3, by="severity")["severity"].tolist()[:2]
    ['sev1', 'sev2']

Names are loaded when they are first used, so that the command line answers at once.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pmanalytics.answers import *  # noqa: F403
    from pmanalytics.charts import *  # noqa: F403
    from pmanalytics.checks import *  # noqa: F403
    from pmanalytics.counting import *  # noqa: F403
    from pmanalytics.datasets import *  # noqa: F403
    from pmanalytics.drafting import *  # noqa: F403
    from pmanalytics.errors import *  # noqa: F403
    from pmanalytics.exchange import *  # noqa: F403
    from pmanalytics.exploring import *  # noqa: F403
    from pmanalytics.ingesting import *  # noqa: F403
    from pmanalytics.metrics import *  # noqa: F403
    from pmanalytics.pages import *  # noqa: F403
    from pmanalytics.periods import *  # noqa: F403
    from pmanalytics.policy import *  # noqa: F403
    from pmanalytics.prospects import *  # noqa: F403
    from pmanalytics.publication import *  # noqa: F403
    from pmanalytics.recording import *  # noqa: F403
    from pmanalytics.reporting import *  # noqa: F403
    from pmanalytics.samples import *  # noqa: F403
    from pmanalytics.settings import *  # noqa: F403
    from pmanalytics.snapshots import *  # noqa: F403
    from pmanalytics.stories import *  # noqa: F403
    from pmanalytics.tables import *  # noqa: F403
    from pmanalytics.trackers import *  # noqa: F403
    from pmanalytics.trials import *  # noqa: F403
    from pmanalytics.workbook import *  # noqa: F403

__version__ = "0.1.0"

# The modules whose public names are the package's, in the order of the layers.
_FACE: Final = (
    "errors",
    "tables",
    "periods",
    "policy",
    "settings",
    "trackers",
    "datasets",
    "ingesting",
    "checks",
    "snapshots",
    "metrics",
    "counting",
    "trials",
    "publication",
    "exchange",
    "pages",
    "recording",
    "stories",
    "prospects",
    "drafting",
    "charts",
    "workbook",
    "answers",
    "reporting",
    "exploring",
    "samples",
)


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return [public for module in _FACE for public in _module(module).__all__]
    if not name.startswith("_"):
        if find_spec(f"pmanalytics.{name}"):
            return _module(name)
        for module in _FACE:
            if name in _module(module).__all__:
                value = getattr(_module(module), name)
                globals()[name] = value
                return value
    raise AttributeError(f"module 'pmanalytics' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__getattr__("__all__"), "__version__"])


def _module(name: str) -> Any:
    return import_module(f"pmanalytics.{name}")
