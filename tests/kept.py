"""Imported before pytest runs inside this process, by whoever makes such runs.

After a run pytester forgets every module that the run imported: each would be imported again by each run, and httpx
would not know the exceptions of a second httpcore.
"""

from __future__ import annotations

import httpcore  # noqa: F401

import compliance.plugin
import compliance.rules
import compliance.traffic.engine  # noqa: F401
