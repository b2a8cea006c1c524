"""Contract (CON)."""
