from __future__ import annotations

import pytest

from tests.report.kinds.reports import REPORTS, many


@pytest.fixture(params=list(REPORTS))
def report(request):
    """A report of each sort, one after the other."""
    return REPORTS[request.param]()


@pytest.fixture(scope="session")
def ten_thousand():
    return many()
