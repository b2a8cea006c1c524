"""What was sent beside what is read: services tidy some values, and keep others as they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from compliance.contract.fields import is_privileged, is_secret
from compliance.contract.model import Operation, Schema
from compliance.contract.paths import vocabulary, words
from compliance.contract.resolve import Resolver

#: Words of fields that services rewrite in a form of their own, or decide themselves.
_TIDIED = vocabulary(
    "phone mobile tel fax url uri link website html markdown slug state currency country zip postcode"
)
#: Text without anything to tidy up: words, or a decimal number. Names tell which digits are no number.
_PLAIN = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*|-?\d+(?:\.\d+)?")

#: An amount with cents, as a text.
_AMOUNT = re.compile(r"\d+\.\d\d")
#: Formats of texts that come back as they are, up to letter case.
_FREE = (None, "email", "uuid", "decimal")


def is_kept(name: str, value: Any, schema: Schema) -> bool:
    """Whether no service has a reason to write the value otherwise than it was sent: plain words, numbers, switches."""
    if is_privileged(name) or is_secret(name) or set(words(name)) & _TIDIED:
        return False
    if isinstance(value, str):
        return "format" not in schema and bool(_PLAIN.fullmatch(value))
    return isinstance(value, (bool, int, float))


def unwrapped(body: Any) -> Mapping[str, Any]:
    """The fields of an object, or of the only thing that it wraps."""
    inner = next(iter(body.values())) if isinstance(body, Mapping) and len(body) == 1 else None
    found = inner if isinstance(inner, Mapping) else body
    return found if isinstance(found, Mapping) else {}


def alike(sent: Any, read: Any) -> bool:
    """Equal up to what services rightly normalise: case, surrounding blanks, the writing of numbers."""
    if isinstance(sent, bool) or isinstance(read, bool):
        return sent is read
    if str(sent).strip().lower() == str(read).strip().lower():
        return True
    try:
        return Decimal(str(sent)) == Decimal(str(read))
    except InvalidOperation:
        return False


def is_told(value: Any, tag: str) -> bool:
    """Whether a value is the run's own, so that no default or choice of the service is taken for it."""
    return isinstance(value, str) and (tag in value or _AMOUNT.fullmatch(value) is not None)


def comes_back(name: str, sent: Any, read: Any, schema: Schema) -> bool | None:
    """Whether a field reads as it was sent but for tidying; None where services write it in a form of their own."""
    if is_privileged(name) or is_secret(name) or set(words(name)) & _TIDIED or isinstance(sent, (dict, list)):
        return None
    if isinstance(read, (dict, list)) or "enum" in schema or schema.get("format") not in _FREE:
        return None
    return alike(sent, read) or _plainly(sent) == _plainly(read)


def _plainly(value: Any) -> str:
    """A text without differences that Unicode, blanks and letter case make."""
    return " ".join(unicodedata.normalize("NFKC", str(value)).casefold().split())


def rewritten(resolver: Resolver, operation: Operation | None, sent: Any, read: Any) -> list[str]:
    """The fields that read otherwise than they were sent. A null counts where the operation requires a value."""
    body = operation.body if operation else None
    wrapper = tuple(sent) if isinstance(sent, Mapping) and unwrapped(sent) is not sent else ()
    schema = resolver.at(body.schema, wrapper) if body else {}
    there, required = unwrapped(read), resolver.required(schema)
    return [
        name
        for name, value in unwrapped(sent).items()
        if name in there
        and (there[name] is not None or name in required)
        and not isinstance(there[name], (dict, list))
        and is_kept(name, value, resolver.at(schema, (name,)))
        and not alike(value, there[name])
    ]
