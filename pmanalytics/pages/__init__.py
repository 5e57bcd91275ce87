"""Pages to publish as text: the policy, who owns what, and the agenda of a review."""

from pmanalytics.pages import agendas, publishing
from pmanalytics.pages.agendas import *  # noqa: F403
from pmanalytics.pages.publishing import *  # noqa: F403

__all__ = [  # noqa: PLE0604 - each part is a list of names
    *publishing.__all__,
    *agendas.__all__,
]
