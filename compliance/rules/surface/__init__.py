"""Surface (SUR)."""
