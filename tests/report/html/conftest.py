"""Reports in a real browser: every page that a test opens must ask for nothing and say nothing to the console."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Error, async_playwright

from compliance.report.kinds import html

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--renderer-process-limit=1"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The browser of $CHROMIUM, else of the system; None leaves it to Playwright's own."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
async def browser():
    async with async_playwright() as playwright:
        try:
            running = await playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        except Error as failure:
            message = f"no Chromium here ($CHROMIUM names one): {failure.message.splitlines()[0]}"
            if os.environ.get("REQUIRE_CHROMIUM") == "1":
                pytest.fail(message)
            pytest.skip(message)
        yield running
        await running.close()


@pytest.fixture
async def opened(browser, tmp_path: Path):
    """Opens a report as a file: `await opened(report, "#AUT-003", color_scheme="dark")`."""
    contexts, seen = [], []

    async def open_(report, fragment="", **options):
        file = tmp_path / "report.html"
        file.write_bytes(html.render(report).encode())
        context = await browser.new_context(**options)
        contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda message: seen.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: seen.append(f"error: {error}"))
        page.on("dialog", lambda dialog: seen.append(f"dialog: {dialog.message}"))
        page.on(
            "request", lambda request: _is(request.url, file) or seen.append(f"request: {request.url:.99}")
        )
        await page.goto(file.as_uri() + fragment)
        return page

    yield open_
    for context in contexts:
        await context.close()
    assert seen == []


def _is(url: str, file: Path) -> bool:
    return url.partition("#")[0] == file.as_uri()
