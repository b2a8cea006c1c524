"""Architecture (ARC)."""
