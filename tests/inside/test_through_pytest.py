"""An application judged from inside as a user would judge it."""

from __future__ import annotations

import pytest

APP = """
import logging

from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/things")
async def things(page: int = Query(1, ge=1, le=1000), page_size: int = Query(10, ge=1, le=100)) -> list[int]:
    return [100 // (page - 2)]
"""


def test_a_finding_names_the_place_in_the_code(pytester: pytest.Pytester):
    pytester.makepyfile(shop=APP)

    run = pytester.runpytest_subprocess("--target-app=shop:app", "-k", "PAG or ERR", "-p", "no:asyncio")

    run.stdout.fnmatch_lines(["error[[]ERR-001@inside[]]: *MUST", "*shop.py:10*"])
    run.stdout.fnmatch_lines(["FAILED compliance.suite::ERR-001@inside[[]service[]]*"])


def test_what_was_left_out_never_passes(pytester: pytest.Pytester):
    pytester.makepyfile(shop=APP)

    run = pytester.runpytest_subprocess("--target-app=shop:app", "-k", "RUN", "-p", "no:asyncio")

    assert "passed" not in run.parseoutcomes(), run.stdout.str()
