"""Errors (ERR)."""
