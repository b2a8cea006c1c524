"""The picture of a run: what `make picture` draws, and that it is of today's standard."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from compliance import __version__
from compliance.catalogue import load
from scripts.picture import PICTURE, SHOWN, drawn, evened

SVG = "{http://www.w3.org/2000/svg}"


def words(picture: str) -> list[str]:
    return [span.text or "" for span in ET.fromstring(picture).iter(f"{SVG}tspan")]


def test_the_picture_is_of_this_standard() -> None:
    told = words(PICTURE.read_text("utf-8"))
    assert f"compliance {__version__}" in told
    assert f"standard compliance ({len(load().clauses)} clauses)" in told, "make picture"
    assert "NOT COMPLIANT" in told


def test_colours_and_columns_are_drawn() -> None:
    picture = drawn("\x1b[1;31mNOT <b>\x1b[0m  \x1b[2mand  more\x1b[0m\n\nend")
    one, two, three, last = ET.fromstring(picture).iter(f"{SVG}tspan")
    assert (one.text, one.get("class"), one.get("fill")) == ("NOT <b>", "b", "#ff7b72")
    assert (two.text, two.get("class"), two.get("fill")) == ("and", "d", None)
    assert float(three.get("x", "")) - float(one.get("x", "")) == 14 * 7.8
    assert last.text == "end"


def test_seconds_are_left_out_and_scripts_are_cut() -> None:
    script = "\n".join(f"line {number}" for number in range(20))
    text = f"  Errors  1/1  \x1b[2m  12.5s\x1b[0m\npython3 - <<'END'\n{script}\nEND\n7 requests in 3.1 s"
    evener = evened(text)
    assert "12.5" not in evener
    assert evener.endswith("END\n7 requests")
    assert f"line {SHOWN - 1}\n" in evener
    assert f"line {SHOWN}\n" not in evener
    assert f"… {20 - SHOWN} more lines" in evener
