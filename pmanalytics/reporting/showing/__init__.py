"""What a notebook shows, how readers see it, and how it is read back from the notebook."""
