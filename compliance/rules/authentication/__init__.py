"""Authentication (AUT)."""
