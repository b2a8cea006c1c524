"""Data access (DAT)."""
