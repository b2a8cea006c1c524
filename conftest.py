"""Serves this project's own tests only: the kit reaches pytest through its entry point."""

pytest_plugins = ["pytester"]
