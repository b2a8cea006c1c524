"""What a run is told as: one result document, and its renderings. A report decides nothing."""
