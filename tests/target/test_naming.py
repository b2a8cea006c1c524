"""Looking for rows whose id no answer told, at the end of a run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from compliance.contract.model import Resource
from compliance.target.actors import ANONYMOUS
from compliance.target.ledger import Row
from compliance.target.rows import Rows


def test_looking_for_rows_that_makes_rows_comes_to_an_end(monkeypatch: Any) -> None:
    """What a person takes for a read may create, whatever the document says."""
    nameless = Row(Resource(collection="/things"), {}, ANONYMOUS, origin=SimpleNamespace())  # type: ignore[arg-type]
    made = [nameless]

    def look(_: Rows, row: Row, origin: Any) -> None:
        assert len(made) < 9
        made.append(nameless)

    monkeypatch.setattr(Rows, "look_for", look)
    Rows(SimpleNamespace(ledger=SimpleNamespace(rows=made))).name_all()  # type: ignore[arg-type]
    assert len(made) == 2
