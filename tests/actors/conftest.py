"""Runs of pytest inside this process."""

import tests.kept  # noqa: F401
