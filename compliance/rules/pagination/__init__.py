"""Pagination and search (PAG)."""
