"""Exploring: notebooks to open in JupyterLab, and tables in them that sort and filter.

Nothing here is part of a report. An analyst gets copies of the exploration notebooks, which are
hers to change, and shows in them whatever a metric or pandas returns.
"""

from pmanalytics.exploring.browsing import Browser, Loader, browse, interactive_tables
from pmanalytics.exploring.copying import copy_notebooks

__all__ = ["Browser", "Loader", "browse", "copy_notebooks", "interactive_tables"]
