"""Looking for rows whose id no answer told, at the end of a run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from compliance.contract.model import Resource
from compliance.target import naming
from compliance.target.actors import ANONYMOUS
from compliance.target.ledger import Row


def test_looking_for_rows_that_makes_rows_comes_to_an_end(monkeypatch: Any) -> None:
    """What a person takes for a read may create, whatever the document says."""
    nameless = Row(Resource(collection="/things"), {}, ANONYMOUS, origin=SimpleNamespace())  # type: ignore[arg-type]
    made = [nameless]

    def look(_: Any, row: Row, origin: Any) -> None:
        assert len(made) < 9
        made.append(nameless)

    monkeypatch.setattr(naming, "look_for", look)
    naming.name_all(SimpleNamespace(ledger=SimpleNamespace(rows=made)))  # type: ignore[arg-type]
    assert len(made) == 2
