"""Counting: measures of a store that is larger than memory, part by part, added up.

A part is some buckets of the store, with all that is known of their items. What concerns items of
several parts is found before, and such items are counted together.
"""

from pmanalytics.counting.machine import measure_in_parts
from pmanalytics.counting.spark import measure_on_spark

__all__ = ["measure_in_parts", "measure_on_spark"]
