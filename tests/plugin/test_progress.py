"""Whoever waits for pytest sees that something happens, also while one item takes long."""

from __future__ import annotations

import re

import pytest

from compliance.report import pulse
from tests.plugin.service import Service

LINE = re.compile(
    r"^compliance: (?:starting|[A-Z]+-\d+\S* \([a-z]+\)), \d+ of \d+ examinations, [\d,]+ requests, \d+ s$",
    re.M,
)
CONFTEST = "import compliance.report.pulse; compliance.report.pulse.EVERY = 0.05"


def test_a_line_now_and_then_and_none_when_asked_for_quiet(
    pytester: pytest.Pytester, service: Service
) -> None:
    pytester.makeconftest(CONFTEST)
    alone = (*service.options, "-k", "PAG-001 or CON-001 or CON-002", "-p", "no:cacheprovider")
    loud, quiet = (pytester.runpytest_subprocess(*alone, *more) for more in ((), ("-q",)))
    assert loud.ret == quiet.ret
    assert LINE.search(loud.stderr.str()), loud.stderr.str()
    assert "compliance: " not in loud.stdout.str().replace("compliance: judging", "")
    assert "examinations" not in quiet.stderr.str()
    assert pulse.EVERY > 1  # whoever waits is not to be flooded
