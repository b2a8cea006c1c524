"""Times in answers: the form that they have, and those that tell of the life of an object."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from compliance.contract.paths import normal, vocabulary

_CREATED = vocabulary(
    "createdat created createdon createddate creationdate datecreated createtime creationtime createdtime insertedat"
)
_UPDATED = vocabulary(
    "updatedat updated updatedon updateddate dateupdated updatetime updatedtime modifiedat modified modifiedon "
    "datemodified lastmodified lastmodifiedat lastupdated lastupdatedat modificationdate lastmodifieddate"
)
#: RFC 3339, section 5.6, which also lets a blank stand for the T; the offset is what many forget.
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?P<fraction>\.\d+)?)?(?P<offset>[Zz]|[+-]\d\d:\d\d)?"
)


def is_created(name: str) -> bool:
    return normal(name) in _CREATED


def is_updated(name: str) -> bool:
    return normal(name) in _UPDATED


def created(fields: Mapping[str, Any]) -> Any:
    """The time of creation as it is written, None where there is none."""
    return next((value for name, value in fields.items() if is_created(name) and moment(value)), None)


def updated(fields: Mapping[str, Any]) -> Any:
    """The time of the last update as it is written, None where there is none."""
    return next((value for name, value in fields.items() if is_updated(name) and moment(value)), None)


def has_form(value: str) -> bool:
    """Whether a text is a time as RFC 3339 writes it, but for its offset."""
    return bool(_MOMENT.fullmatch(value)) and moment(value) is not None


def has_offset(value: str) -> bool:
    found = _MOMENT.fullmatch(value)
    return found is not None and found["offset"] is not None


def moment(value: Any) -> datetime | None:
    """The time that a text stands for, in UTC where it does not say its offset; None where it is none."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    # Python reads six digits of a fraction; some services write nine.
    plain = re.sub(r"(\.\d{6})\d+", r"\1", value.upper().replace(" ", "T"))
    try:
        read = datetime.fromisoformat(plain)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def date_of(header: str | None) -> datetime | None:
    """The time in a header Date, None where it holds none."""
    try:
        read = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
