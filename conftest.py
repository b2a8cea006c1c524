"""Serves this project's own tests only: the kit reaches pytest through its entry point."""

import atexit
import os
import shutil
import tempfile

pytest_plugins = ["pytester"]

# What the kit remembers of source trees stays within one run of the tests.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="cache-")
atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)
