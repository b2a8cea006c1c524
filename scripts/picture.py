"""Make docs/terminal.svg anew from a real run: a copy of the reference with a few faults, served and judged.

What differs from one run to the next is left out: the port and all seconds.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from tests.mutants import with_faults
from tests.service import serve_reference

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "terminal.svg"
#: The faults of the copy, by their mutants.
FAULTS = (
    "ACC-002-anybody-deletes",
    "PAG-003-no-maximum",
    "RES-001-created-with-200",
)
WIDTH, CELL, LEADING, MARGIN = 100, 7.8, 18, 18
#: Lines of a script that are shown before it is cut: a picture cannot be copied.
SHOWN = 6
COLOURS = {
    "31": "#ff7b72",
    "32": "#7ee787",
    "33": "#e3b341",
    "34": "#79c0ff",
    "35": "#d2a8ff",
    "36": "#76e3ea",
}
TITLE = (
    "A run in the terminal: every rule family with its results, findings with their evidence, fix and script, "
    "and the verdict: not compliant"
)
STYLE = (
    'text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;'
    "fill:#e6edf3;white-space:pre}.b{font-weight:700}.d{fill-opacity:.6}"
)
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="picture-") as folder,
        serve_reference(with_faults(FAULTS, Path(folder))) as url,
    ):
        text = judged(url)
    PICTURE.write_text(drawn(evened(text.replace(url, "http://127.0.0.1:8000"))), encoding="utf-8")
    print(f"{PICTURE.relative_to(ROOT)} is of today")
    return 0


def judged(url: str) -> str:
    """What `compliance check` shows in a terminal with colours."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPLIANCE_")}
    environment |= {"FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "NO_COLOR": "", "TERM": "xterm"}
    command = [sys.executable, "-m", "compliance", "check", url]
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            command,
            cwd=empty,
            env=environment | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 1:
        sys.exit(f"the run ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return f"\x1b[2m$\x1b[0m compliance check {url}\n\n{done.stdout}"


def evened(text: str) -> str:
    """Without what two runs differ in, and with scripts cut."""
    text = re.sub(r"\d+\.\ds(?=\x1b|$)", lambda found: " " * len(found[0]), text, flags=re.M)
    text = re.sub(r"requests in \d+\.\d s", "requests", text)
    return re.sub(r"(?ms)(^python3 - <<'END'\n)(.*?)(?=^END$)", lambda found: found[1] + _cut(found[2]), text)


def _cut(script: str) -> str:
    lines = [line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…" for line in script.splitlines()]
    return "\n".join([*lines[:SHOWN], f"\x1b[2m… {len(lines) - SHOWN} more lines\x1b[0m", ""])


def drawn(text: str) -> str:
    """The text with its colours as an SVG."""
    lines = text.rstrip("\n").split("\n")
    width, height = round(WIDTH * CELL + 2 * MARGIN + 31), len(lines) * LEADING + 68
    rows = [_row(line, 62 + number * LEADING) for number, line in enumerate(lines) if line]
    dots = "".join(
        f'<circle cx="{x}" cy="20" r="6" fill="{fill}"/>'
        for x, fill in ((22, "#ff5f57"), (42, "#febc2e"), (62, "#28c840"))
    )
    size = f'width="{width}" height="{height}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}" role="img" aria-labelledby="t">',
        f'<title id="t">{escape(TITLE)}</title>',
        f"<style>{STYLE}</style>",
        f'<rect {size} rx="10" fill="#0d1117"/>',
        dots,
    )
    return "\n".join((*head, *rows, "</svg>", ""))


def _row(line: str, y: int) -> str:
    spans, column, style = [], 0, ""
    for place, piece in enumerate(_ESCAPE.split(line)):
        if place % 2:
            style = piece
            continue
        for word in re.finditer(r"\S+(?: \S+)*", piece):
            at, long = MARGIN + (column + word.start()) * CELL, len(word[0]) * CELL
            spans.append(
                f'<tspan x="{at:.1f}" textLength="{long:.1f}"{_look(style)}>{escape(word[0])}</tspan>'
            )
        column += len(piece)
    return f'<text y="{y}">{"".join(spans)}</text>'


def _look(style: str) -> str:
    codes = style.split(";")
    classes = " ".join(name for code, name in (("1", "b"), ("2", "d")) if code in codes)
    fill = next((COLOURS[code] for code in codes if code in COLOURS), "")
    return (f' class="{classes}"' if classes else "") + (f' fill="{fill}"' if fill else "")


if __name__ == "__main__":
    sys.exit(main())
