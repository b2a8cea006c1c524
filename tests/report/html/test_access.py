"""Contrast, names, order and the rest of what axe-core knows, in light and dark, closed and open."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.report.html.showing import compliant, failing

REPORTS = {"failing": failing(), "compliant": compliant()}
EVERYTHING = {"resultTypes": ["violations", "incomplete"], "rules": {"target-size": {"enabled": True}}}


async def audit(page):
    """What axe-core objects to, and what it could not measure the contrast of: signs alone are no text to it."""
    response = (await Axe().run(page, options=EVERYTHING)).response
    unmeasured = [one for one in response["incomplete"] if one["id"] == "color-contrast"]
    return {
        f"{one['id']} {node['html'][:99]}": node["failureSummary"]
        for one in response["violations"] + unmeasured
        for node in one["nodes"]
        if "only non-text characters" not in node["failureSummary"]
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", REPORTS)
async def test_axe_finds_nothing(opened, name, scheme):
    page = await opened(REPORTS[name], color_scheme=scheme)
    assert await audit(page) == {}
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    await page.locator(".chip").first.click()
    assert await audit(page) == {}


async def test_axe_would_find_something(opened):
    page = await opened(compliant())
    await page.evaluate("document.querySelector('.scope').style.color = '#ddd'")
    assert {one.partition(" ")[0] for one in await audit(page)} == {"color-contrast"}
