"""What the shipped reports say beside the metrics: answers, choices, lists, digests, previews."""
