"""The page in a browser that runs no script, on paper, and on a small screen."""

from __future__ import annotations

import json

import pytest

from tests.report.html.showing import a_report, compliant, failing
from tests.report.making import a_rule, broken, passed

#: As many families as the standard has.
FAMILIES = ["ACC", "ARC", "AUT", "COD", "CON", "DAT", "ERR", "PAG", "PRJ", "RES", "RUN", "SEC", "SUR"]
#: Everything that does something only with the script.
OF_THE_SCRIPT = "#search, #theme, .chip, .copy"


async def test_all_of_it_can_be_read_without_a_script(opened):
    page = await opened(failing(), java_script_enabled=False)
    assert await page.locator(f":is({OF_THE_SCRIPT}):visible").count() == 0
    rule = page.locator("details.rule", has_text="PAG-003").first
    script = rule.locator("details.script pre").first
    assert not await script.is_visible()
    await rule.locator("> summary").click()
    await rule.get_by_text("Evidence: 2 exchanges").first.click()
    await rule.get_by_text("Reproduce").first.click()
    assert "GET http://127.0.0.1:8000/list0?limit=101" in await rule.locator(".offending").first.inner_text()
    assert "curl -sS" in await script.inner_text()


async def test_a_deep_link_opens_its_rule_without_a_script(opened):
    page = await opened(failing(), "#PAG-003@source", java_script_enabled=False)
    assert await page.get_by_text("page_size: int = 10").is_visible()
    assert await page.get_by_text("page_size: int = 10").evaluate(_IS_IN_VIEW)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scripted", [True, False])
async def test_a_deep_link_shows_the_title_of_its_rule(opened, width, scripted):
    screen = {"width": width, "height": 700}
    page = await opened(failing(), "#PAG-003", java_script_enabled=scripted, viewport=screen)
    title = page.locator("details.rule", has_text="PAG-003").first.locator("> summary")
    assert await title.evaluate(_IS_IN_VIEW)


async def test_the_document_comes_out_of_it_without_a_script(opened):
    report = failing()
    page = await opened(report, java_script_enabled=False, accept_downloads=True)
    async with page.expect_download() as download:
        await page.get_by_text("result.json").first.click()
    saved = await (await download.value).path()
    assert json.loads(saved.read_text("utf-8")) == report.document
    assert (await download.value).suggested_filename == "result.json"


@pytest.mark.parametrize("report", [failing(), compliant()], ids=["failing", "compliant"])
async def test_the_page_is_never_wider_than_the_screen(opened, report):
    page = await opened(report)
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    for width in (320, 390, 800, 1280):
        await page.set_viewport_size({"width": width, "height": 700})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_paper_shows_what_is_broken_and_no_buttons(opened):
    page = await opened(failing(), color_scheme="dark")
    place = page.get_by_text("page_size: int = 10")
    assert not await place.is_visible()
    await page.emulate_media(media="print")
    assert await place.evaluate("(one) => one.checkVisibility({contentVisibilityAuto: true})")
    exchange = page.locator(".offending").first
    assert await exchange.evaluate("(one) => one.checkVisibility({contentVisibilityAuto: true})")
    for one in ("#search", "#theme", "#download"):
        assert not await page.locator(one).is_visible()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


async def test_no_word_of_the_tables_is_broken_on_paper(opened):
    rules = [a_rule(f"{name}-001", name) for name in FAMILIES]
    report = a_report(*(passed(rule, "GET /a/rather/long/path/{of_a_thing}") for rule in rules), rules=rules)
    page = await opened(report, viewport={"width": 718, "height": 1000})
    await page.emulate_media(media="print")
    lines = "(all) => all.map((one) => one.getClientRects().length)"
    assert await page.locator("thead abbr").evaluate_all(lines) == [1] * len(rules)
    assert await page.locator(".scroll").first.evaluate("(one) => one.scrollWidth <= one.clientWidth")


async def test_no_heading_is_alone_at_the_foot_of_a_sheet(opened):
    page = await opened(failing())
    await page.emulate_media(media="print")
    ends = "(all) => [...new Set(all.map((one) => getComputedStyle(one).breakAfter))]"
    assert await page.locator("h2, h3").evaluate_all(ends) == ["avoid"]


async def test_numbers_of_two_digits_stand_in_one_line_on_a_small_screen(opened):
    rules = [a_rule(f"PAG-{number:03}", f"Rule {number}") for number in range(1, 13)]
    page = await opened(a_report(*map(broken, rules), rules=rules), viewport={"width": 390, "height": 844})
    height = "(all) => all.map((one) => getComputedStyle(one, '::before').height)"
    heights = await page.locator(".first > li").evaluate_all(height)
    assert len(heights) > 9
    assert len(set(heights)) == 1


async def test_many_rows_that_were_left_behind_are_folded_but_on_paper(opened):
    page = await opened(failing(leftovers=[f"/users/{number}" for number in range(4)]))
    rows = page.get_by_text("/users/3")
    assert await page.get_by_text("Left behind: 4 rows").is_visible()
    assert not await rows.is_visible()
    await page.emulate_media(media="print")
    assert await rows.evaluate("(one) => one.checkVisibility({contentVisibilityAuto: true})")


async def test_the_colours_follow_the_system_and_then_the_button(opened):
    colour = "getComputedStyle(document.body).backgroundColor"
    light = await (await opened(failing(), color_scheme="light")).evaluate(colour)
    page = await opened(failing(), color_scheme="dark")
    dark = await page.evaluate(colour)
    assert dark != light
    await page.get_by_role("button", name="Light or dark").click()
    assert await page.evaluate(colour) == light
    await page.get_by_role("button", name="Light or dark").click()
    assert await page.evaluate(colour) == dark


_IS_IN_VIEW = (
    "(one) => { const box = one.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight }"
)
