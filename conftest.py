"""Serves this project's own tests only: the kit reaches pytest through its entry point."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

pytest_plugins = ["pytester"]

# Playwright looks for its browsers where the user keeps them.
if sys.platform == "linux":
    user_cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", f"{user_cache}/ms-playwright")

# What the kit remembers of source trees stays within one run of the tests.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="cache-")
atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)
