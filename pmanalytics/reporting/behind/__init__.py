"""What lies behind the figures: the items that each counts, and how it was measured."""
