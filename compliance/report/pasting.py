"""What was understood of a document, as TOML to paste into the configuration and to correct there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance.contract.stating import overrides_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.contract.model import Contract

_HEAD = """\
# What was inferred of {}. Keep what you correct and delete the rest: it is inferred anew each time.
# This is for compliance.toml; in pyproject.toml each table stands below tool.compliance."""


def pasting(contract: Contract) -> str:
    """TOML that the configuration accepts, and under which the document is understood as it is without."""
    said = overrides_of(contract)
    about = " ".join(part for part in (contract.title, contract.version) if part) or "the document"
    head = _HEAD.format("".join(character for character in about if character.isprintable()))
    blocks = [head, _table("roles", said.roles)]
    if said.login:
        blocks.append(_table("login", said.login))
    for section in ("lists", "resources"):
        for name, table in getattr(said, section).items():
            blocks.append(_table(f"{section}.{quoted(name)}", table))
    return "\n\n".join(blocks) + "\n"


def quoted(text: str) -> str:
    """A basic string of TOML; whatever a terminal would obey is an escape."""
    return f'"{"".join(_characters(text))}"'


def _characters(text: str) -> Iterator[str]:
    for character in text:
        code = ord(character)
        if character in '"\\':
            yield f"\\{character}"
        elif character.isprintable():
            yield character
        elif 0xD800 <= code <= 0xDFFF:
            yield "\\ufffd"
        else:
            yield f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _table(name: str, values: Mapping[str, Any]) -> str:
    return "\n".join([f"[{name}]", *(f"{key} = {_value(value)}" for key, value in values.items())])


def _value(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(quoted(one) for one in value)}]"
    return quoted(str(value))
