"""Searching, filtering, following and copying, as a person does it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.report.html.showing import failing
from tests.report.making import SCRIPT

ALL = ["PAG-003", "PAG-003@source", "PAG-005", "ERR-001", "ERR-002", "ERR-003", "ERR-004"]


async def shown(page):
    names = await page.locator("details.rule:visible > summary .id").all_inner_texts()
    count = await page.locator("#count").inner_text()
    assert count == f"{len(names)} of {len(ALL)} rules"
    return names


async def test_nothing_is_hidden_at_first(opened):
    assert await shown(await opened(failing())) == ALL


WORDS = {
    "err-00": ["ERR-001", "ERR-002", "ERR-003", "ERR-004"],
    "gateway": ["ERR-002"],
    "order changes": ["PAG-005"],
    "/list6": ["PAG-003"],
    "app/deps.py 100": ["PAG-003@source"],
    ".*": [],
    "no such word": [],
}


async def test_a_search_finds_what_holds_every_word(opened):
    page = await opened(failing())
    for words, found in WORDS.items():
        await page.locator("#search").fill(words)
        assert await shown(page) == found
        assert await page.locator("#none").is_visible() is (found == [])
        sections = await page.locator("section.group:visible").count()
        assert sections == len({name[:3] for name in found})
        await page.get_by_role("button", name="Clear").click()
        assert await shown(page) == ALL


FILTERS = [
    ("family", "Errors", ["ERR-001", "ERR-002", "ERR-003", "ERR-004"]),
    ("level", "SHOULD", ["PAG-005", "ERR-003"]),
    ("depth", "source", ["PAG-003@source"]),
    ("depth", "inside", []),
    ("subject", "GET /users", ["PAG-003", "PAG-005", "ERR-001", "ERR-004"]),
    ("subject", "service", ["ERR-002"]),
]


async def test_a_filter_leaves_what_it_names(opened):
    page = await opened(failing())
    for select, label, found in FILTERS:
        await page.locator(f"#{select}").select_option(label=label)
        assert await shown(page) == found
        await page.locator(f"#{select}").select_option(index=0)
    assert await shown(page) == ALL


async def test_outcomes_filter_together_and_on_a_subject_mean_its_own(opened):
    page = await opened(failing())
    await page.get_by_role("button", name="broken").click()
    assert await shown(page) == ["PAG-003", "PAG-003@source"]
    await page.get_by_role("button", name="warning").click()
    assert await shown(page) == ["PAG-003", "PAG-003@source", "PAG-005"]
    await page.locator("#subject").select_option(label="GET /users")
    assert await shown(page) == ["PAG-005"], "PAG-003 holds there"
    await page.get_by_role("button", name="warning").click()
    assert await shown(page) == []


async def test_a_cell_of_the_matrix_filters(opened):
    page = await opened(failing())
    row = page.get_by_role("row").filter(has_text="GET /list0")
    await row.get_by_role("link", name="1 broken, 1 passed").click()
    assert await shown(page) == ["PAG-003", "PAG-005"]
    await page.get_by_role("link", name="Errors").click()
    assert await shown(page) == ["ERR-001", "ERR-002", "ERR-003", "ERR-004"]


@pytest.mark.parametrize("name", ["PAG-003", "PAG-003@source", "ERR-004"])
async def test_a_deep_link_opens_its_rule_and_no_other(opened, name):
    page = await opened(failing(), f"#{name}")
    assert await page.locator("details.rule[open] > summary .id").all_inner_texts() == [name]
    assert await page.evaluate("document.activeElement.id") == name, "where the keyboard goes on"


async def test_a_link_to_what_a_filter_hides_shows_it(opened):
    page = await opened(failing())
    await page.locator("#search").fill("gateway")
    await page.get_by_role("link", name="The order of a list is stable").click()
    assert await page.locator("details.rule[open] > summary .id").all_inner_texts() == ["PAG-005"]
    assert await shown(page) == ALL
    await page.locator("details.rule[open] > summary").click()
    await page.get_by_role("link", name="The order of a list is stable").click()
    assert await page.locator("details.rule[open]").count() == 1, "followed a second time"


async def test_a_fragment_that_names_nothing_is_no_error(opened):
    page = await opened(failing(), "#%E0%A4%A")
    assert await shown(page) == ALL


async def test_the_button_copies_the_script_as_it_is(opened):
    page = await opened(failing(), "#PAG-003", permissions=["clipboard-read", "clipboard-write"])
    scripts = page.locator("details.script")
    await scripts.nth(1).locator("summary").click()
    button = scripts.nth(1).locator(".copy")
    await button.click()
    await expect(button).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == f"{SCRIPT}# 1\n"


async def test_where_nothing_can_be_copied_the_text_is_selected(opened):
    page = await opened(failing(), "#PAG-003")
    await page.evaluate("() => { document.execCommand = () => false }")
    script = page.locator("details.script").first
    await script.locator("summary").click()
    await script.get_by_role("button", name="Copy").click()
    await expect(script.get_by_role("button")).to_have_text("Selected: copy it")
    assert (await page.evaluate("getSelection().toString()")).strip() == f"{SCRIPT}# 0"


async def test_all_can_be_opened_and_closed(opened):
    page = await opened(failing())
    await page.get_by_role("button", name="broken").click()
    await page.get_by_role("button", name="Open all").click()
    assert await page.locator("details.rule[open]").count() == 2
    await page.get_by_role("button", name="Close all").click()
    assert await page.locator("details.rule[open]").count() == 0


async def test_the_keyboard_reaches_everything(opened):
    page = await opened(failing())
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to the rules"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "rules"
    await page.keyboard.press("/")
    await page.keyboard.type("no items limit")
    assert await page.evaluate("document.activeElement.id") == "search"
    await page.keyboard.press("Escape")
    assert await shown(page) == ALL
    await page.keyboard.type("PAG-003@source")
    await _until(page, "document.activeElement.matches('details.rule > summary')")
    await page.keyboard.press("Enter")
    assert await page.get_by_text("page_size: int = 10").is_visible()
    await _until(page, "document.activeElement.matches('details.waiver > summary')")
    await page.keyboard.press("Space")
    await _until(page, "document.activeElement.matches('.copy')")
    for _ in range(3):
        await page.keyboard.press("Shift+Tab")
    assert await page.evaluate("document.activeElement.closest('details.rule') !== null")


async def test_every_control_shows_where_the_keyboard_is(opened):
    page = await opened(failing())
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    await page.keyboard.press("Tab")
    bare = await page.evaluate(
        """() => [...document.querySelectorAll('a, button, input, select, summary, [tabindex="0"]')]
        .filter((one) => { one.focus(); return one === document.activeElement })
        .filter((one) => one.matches(':focus-visible') && getComputedStyle(one).outlineStyle === 'none')
        .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert bare == []


async def _until(page, condition, tabs=40):
    for _ in range(tabs):
        await page.keyboard.press("Tab")
        if await page.evaluate(condition):
            return
    raise AssertionError(f"{tabs} tabs do not lead to {condition}")
