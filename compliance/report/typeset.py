"""Setting text for a terminal: escaping, wrapping and colouring, in this order and in one place.

Whatever reaches a sheet is escaped, so that no byte of the service under test can move the cursor, recolour
the screen or reverse the direction of reading.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import groupby

#: A piece of text and the name of its style; the empty name is plain text.
Span = tuple[str, str]
#: The blanks before a word, and its pieces.
Word = tuple[int, list[Span]]

STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
    "bold red": "1;31",
    "bold green": "1;32",
    "bold yellow": "1;33",
}
#: The kit's own signs where the terminal has ASCII only.
ASCII = str.maketrans({"✓": "+", "✗": "X", "·": "|", "→": "->", "…": "...", "×": "x", "–": "-"})
#: Control, format (bidirectional overrides among them), surrogate, private, and the two separators of lines.
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
NARROWEST, WIDEST = 40, 100


def escape(text: str) -> str:
    """The text with everything that a terminal would obey written as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(c) if unicodedata.category(c) in UNPRINTABLE else c for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    if character in SHORT:
        return SHORT[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def cells(text: str) -> int:
    """How many columns the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


@dataclass
class Sheet:
    """Lines of a terminal, written from top to bottom."""

    width: int
    colour: bool
    unicode: bool
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.width = min(max(self.width, NARROWEST), WIDEST)

    def clean(self, text: str) -> str:
        """The text as this terminal may show it."""
        text = escape(text)
        if self.unicode:
            return text
        return text.translate(ASCII).encode("ascii", "backslashreplace").decode("ascii")

    def blank(self) -> None:
        """An empty line, never two."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def put(self, *spans: Span | str, hang: int = 0) -> None:
        """Write spans as one line, wrapped between words; what follows it stands `hang` columns in."""
        clean = [(self.clean(s), "") if isinstance(s, str) else (self.clean(s[0]), s[1]) for s in spans]
        lines = fill(_words(clean), self.width, min(hang, self.width - 16))
        self.lines += [self._painted(line) for line in lines]

    def verbatim(self, text: str, *, indent: int = 0) -> None:
        """Write lines that somebody will copy: escaped but for tabs, never wrapped."""
        for line in text.split("\n"):
            clean = "\t".join(self.clean(part) for part in line.split("\t"))
            self.lines.append(" " * indent + clean if line else "")

    def _painted(self, line: list[Span]) -> str:
        painted = ""
        for style, run in groupby(line, key=lambda span: span[1]):
            text = "".join(piece for piece, _ in run)
            painted += f"\x1b[{STYLES[style]}m{text}\x1b[0m" if style and self.colour else text
        return painted.rstrip()

    def __str__(self) -> str:
        return "\n".join(self.lines) + "\n"


def _words(spans: list[Span]) -> list[Word]:
    words: list[Word] = []
    gap, glued = 0, False
    for text, style in spans:
        for token in re.findall(r" +|[^ ]+", text):
            if token.startswith(" "):
                gap, glued = gap + len(token), False
            elif glued:
                words[-1][1].append((token, style))
            else:
                words.append((gap, [(token, style)]))
                gap, glued = 0, True
    return words


def fill(words: list[Word], width: int, hang: int) -> list[list[Span]]:
    """Lines of at most `width` columns. A word longer than a line is cut."""
    lines: list[list[Span]] = [[]]
    column = 0
    for gap, pieces in words:
        size = sum(cells(text) for text, _ in pieces)
        whole = size <= width - hang
        if lines[-1] and (column + gap + size > width if whole else column + gap >= width):
            lines.append([(" " * hang, "")])
            column, gap = hang, 0
        lines[-1].append((" " * gap, _bridge(lines[-1], pieces)))
        column += gap
        for character, style in ((c, s) for text, s in pieces for c in text):
            if column + cells(character) > width:
                lines.append([(" " * hang, "")])
                column = hang
            lines[-1].append((character, style))
            column += cells(character)
    return lines


def _bridge(line: list[Span], pieces: list[Span]) -> str:
    """The style of the blanks between two words: theirs if they share one."""
    return pieces[0][1] if line and line[-1][1] == pieces[0][1] else ""
