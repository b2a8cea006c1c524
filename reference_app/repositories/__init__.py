"""Data access. Nothing here commits: the request does, once."""
