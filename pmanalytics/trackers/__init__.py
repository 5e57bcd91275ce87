"""The trackers: one module with one value for each export format.

To add one, write its module and name its value in `TRACKERS`; the tests that every tracker must
pass find it there.
"""

from pmanalytics.trackers.model import FileTables, Tracker
from pmanalytics.trackers.recognition import TRACKERS, list_trackers, read_file

__all__ = ["TRACKERS", "FileTables", "Tracker", "list_trackers", "read_file"]
