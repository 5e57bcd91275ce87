"""The sample organisation: a fictional company, and the truth about what was planted in it.

A generator decides what happened in the company, writes what its trackers would export, and keeps
the truth apart from the exports, so that tests can demand that the metrics find exactly it. No
clock and no chance that a machine could change is involved.
"""

from pmanalytics.samples.folder import sample, sample_folder, write_sample
from pmanalytics.samples.planting import Truth, truth

__all__ = ["Truth", "sample", "sample_folder", "truth", "write_sample"]
