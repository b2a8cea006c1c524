"""Text of a service in a page that must neither obey it nor be misled by it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

#: How much of a body is shown.
BODY = 16 * 1024
_UNUSUAL = re.compile(r"[^\x20-\x7e\t\n]")


def safe(value: Any) -> Any:
    """What the templates make of every value: text in its visible form, to be escaped; markup of our own as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def visible(text: str) -> str:
    """The text with an escape for every character that cannot be seen: controls, overrides of direction, half pairs."""
    return _UNUSUAL.sub(_escaped, text.replace("\r\n", "\n"))


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@dataclass(frozen=True)
class Body:
    """As much of a body as is shown; cut: of how many characters, 0 where it is whole."""

    text: str
    cut: int = 0

    @classmethod
    def of(cls, text: str | None) -> Body:
        text = text or ""
        return cls(text[:BODY], len(text)) if len(text) > BODY else cls(text)


def markdown(text: str) -> Markup:
    """Markdown as markup: HTML in it is text, and there are no images."""
    rendered: str = _renderer().render(visible(_with_a_capital(text)))
    return Markup(rendered)  # noqa: S704 - made with HTML off


def _with_a_capital(text: str) -> str:
    """A sentence that began behind a heading now begins by itself."""
    return text[:1].upper() + text[1:]


def inline(text: str) -> Markup:
    """The same of a sentence that stands in a paragraph already."""
    rendered: str = _renderer().renderInline(visible(_with_a_capital(text)))
    return Markup(rendered)  # noqa: S704 - made with HTML off


@cache
def _renderer() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
