"""What a case's life does to its clocks: pure decisions over one case file at a time."""
