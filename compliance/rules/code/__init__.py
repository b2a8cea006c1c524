"""Code (COD)."""
