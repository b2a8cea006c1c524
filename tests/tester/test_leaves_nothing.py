"""A run deletes all that it made, also where nobody helps it: no administrator, no user given, no row there before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from compliance.catalogue import Catalogue
from compliance.result import Run
from compliance.run import judge
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from tests.plugin.service import watched

#: All rules; and the families that make rows in ways of their own: with the engine, with the survey, with accounts.
FAMILIES = {
    "everything": (),
    "errors": ("ERR",),
    "secrets": ("SEC",),
    "authentication": ("AUT",),
    "resources": ("RES", "ACC"),
}


def rows(database: Path) -> dict[str, int]:
    """How many rows every table has, but for the one that says which migrations were applied."""
    with closing(sqlite3.connect(database)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        counted = {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for name in tables
            if name != "alembic_version" and not name.startswith("sqlite_")
        }
    assert {"users", "products"} <= set(counted)
    return counted


@pytest.mark.parametrize("families", FAMILIES.values(), ids=FAMILIES.keys())
def test_a_run_without_an_administrator_leaves_an_empty_database(
    tmp_path: Path, catalogue: Catalogue, families: tuple[str, ...]
):
    with watched(tmp_path) as service:
        run: Run = judge(
            catalogue,
            fetch_document(service.url),
            service.url,
            Grants(writes=True),
            choose=lambda one: not families or one.rule.family in families,
        )
        made = [one for one in service.seen if (one.method, one.path) == ("POST", "/api/v1/users")]

        assert len(made) >= 2
        assert run.leftovers == []
        assert {table: count for table, count in rows(service.database).items() if count} == {}
