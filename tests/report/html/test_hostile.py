"""A service that knows that its answers are shown: nothing of it may run, break out or mislead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance.catalogue import Outcome
from compliance.report.kinds import html
from compliance.result import Evidence, Place
from tests.report.html.showing import CAP, ORDER, a_report, failing
from tests.report.making import broken, other

HOSTILE = [
    "</script><script>window.ran = 1</script>",
    "</pre></details><img src=x onerror='window.ran = 1'>",
    '" onmouseover="window.ran = 1" x="',
    "' autofocus onfocus='window.ran = 1' tabindex='0",
    "<svg onload=window.ran=1><style>*{display:none}</style>",
    "<!--<script>",
    "]]><template><base href='http://other.test/'>",
    "{{7*7}}{% raise %}${7*7}{#",
    "a\u2028window.ran = 1\u2029b",
    "\u202e\u2066gnp.exe",
    "\0\x1b[31m\ud800",
    "javascript:window.ran=1",
    "`<b onclick=window.ran=1>`  [x](javascript:window.ran=1) ![x](http://other.test/x.png)",
]
#: How many there are of each part of a page, and of what can do something.
COUNTED = """() => ['.rule', '.result', '.exchange', '.finding', '.said', '.copy', 'script, style, img, svg, base, [onclick]']
  .map((selector) => document.querySelectorAll(selector).length)"""


def everywhere(text):
    """A report with that text in every place that a service, a name or a standard can fill."""
    evidence = Evidence("alice", "GET", f"http://x/{text}", ((text, text),), text, 200, ((text, text),), text)
    facts = {"cause": text, "expected": text, "observed": text, "script": text, "evidence": (evidence,) * 2}
    rule, order = replace(CAP, title=text), replace(ORDER, title=text, check=_check(text))
    return a_report(
        broken(rule, f"GET /{text}", **facts, places=(Place(text, 1, text, text),)),
        broken(order, text, **facts),
        other(Outcome.UNTESTED, rule, f"{text}2", text),
        other(Outcome.WAIVED, rule, f"{text}3", text),
        other(Outcome.ERROR, rule, f"{text}4", text),
        rules=(rule, order),
        title=text,
        version=text,
        openapi=text,
        notes=[text],
        leftovers=[text],
        missing=[text],
        gone=text,
    )


def _check(text):
    def check(target, subject):
        pass

    check.__doc__ = f"Why: {text}\n\nBreaks: {text}\n\nConforms: {text}\n"
    return check


async def test_nothing_of_it_runs_and_nothing_of_it_is_hidden(opened):
    """All of it, and all of it the other way round: what comes first cannot make the rest harmless."""
    shapes = {}
    for text in ("harmless", " ".join(HOSTILE), " ".join(reversed(HOSTILE))):
        page = await opened(everywhere(text), "#PAG-003")
        await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        await page.mouse.move(300, 300)
        assert await page.evaluate("window.ran") is None
        assert await page.locator("#count").inner_text() == "2 of 2 rules"
        shapes[text] = await page.evaluate(COUNTED)
    assert [shape for shape in shapes.values() if shape != shapes["harmless"]] == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("</pre><script>", "</pre><script>"),
        ("{{7*7}}", "{{7*7}}"),
        ("a\u2028b\0", r"a\u2028b\x00"),
        ("x\r\ny", "x\ny"),
    ],
)
async def test_it_is_shown_as_what_it_is(opened, text, seen):
    page = await opened(everywhere(text), "#PAG-003")
    assert await page.locator(".offending pre.long").last.text_content() == seen
    assert await page.locator("details.script pre").first.text_content() == seen


async def test_five_megabytes_are_cut(opened):
    first, last = broken(CAP).evidence
    huge = replace(last, response_body="<b>" + "x" * 5_000_000)
    page = await opened(a_report(broken(CAP, evidence=(first, huge)), rules=(CAP,)), "#PAG-003")
    assert await page.locator(".cut").all_text_contents() == ["Cut: 16,384 of 5,000,003 characters."]
    assert await page.evaluate("document.body.textContent.length") < 100_000


async def test_what_broke_out_would_still_be_stopped(browser, tmp_path):
    """The policy behind the escaping: markup put into the page runs nothing and asks for nothing."""
    breach = "<img src='http://127.0.0.1:9/x.png' onerror='window.ran = 1'><script>window.ran = 1</script>"
    file = tmp_path / "report.html"
    file.write_text(html.render(failing()).replace("<main>", f"<main>{breach}"), "utf-8")
    told, asked = [], []
    page = await browser.new_page()
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: asked.remove(request.url) if request.failure == "csp" else None)
    await page.goto(file.as_uri())
    assert await page.evaluate("window.ran") is None
    assert await page.locator("#count").inner_text() == "7 of 7 rules", "its own script runs"
    await page.context.close()
    assert [url for url in asked if not url.startswith("file:")] == []
    assert len([one for one in told if "Content Security Policy" in one]) == 3
