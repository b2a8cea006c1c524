"""What was understood of a document, as a table for a person: each line with its reason below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance.report.typeset import Sheet
from compliance.report.understanding import understanding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance.contract.model import Contract

#: How wide the first column is, and where reasons begin.
NAMES, REASONS = 14, 16
_PROPERTIES = ("required", "unique", "privileged", "owner", "secret")
_NOBODY = {
    "logins": "none: nothing takes a password and answers a token; say it with roles.login",
    "registrations": "none: nothing takes a password and makes an account for anyone; say it with roles.registration",
    "me": "none: nothing answers who is asking; say it with roles.me",
}


def render(contract: Contract, *, width: int, colour: bool, unicode: bool) -> str:
    """The understanding as text of at most `width` columns, and never more than 100."""
    told = understanding(contract)
    sheet = Sheet(width, colour, unicode)
    about = " ".join(part for part in (told["title"] or "The document", told["version"]) if part)
    sheet.put((about, "bold"), f" · OpenAPI {told['openapi']} · {told['operations']} operations")
    _heading(sheet, "Accounts")
    _accounts(sheet, told)
    _heading(sheet, f"Lists: {len(told['lists'])}")
    for one in told["lists"]:
        _list(sheet, one)
    _heading(sheet, f"Resources: {len(told['resources'])}")
    for one in told["resources"]:
        _resource(sheet, one)
    left = told["not_understood"]
    _heading(sheet, f"Not understood: {len(left)}" + ("" if left else ", every operation plays a role"))
    for one in left:
        sheet.put(f"  {one['operation']}", (f"  {one['reason']}", "dim"), hang=REASONS)
    return str(sheet)


def _heading(sheet: Sheet, text: str) -> None:
    sheet.blank()
    sheet.put((text, "bold"))


def _accounts(sheet: Sheet, told: Mapping[str, Any]) -> None:
    for number, login in enumerate(told["logins"]):
        token = (
            "no token known" if login["token"] is None else f"token in {login['token'] or 'the whole answer'}"
        )
        fields = "" if login["style"] == "basic" else f"{login['identifier']}, {login['password']} · "
        how = f"{login['operation']} · {login['style']} · {fields}{token}"
        _line(sheet, "also" if number else "login", how, _after_label(login))
    for name, key in (("registration", "registrations"), ("by admins", "admissions")):
        for number, one in enumerate(told[key]):
            twice = f" twice ({', '.join(one['repetitions'])})" if one["repetitions"] else ""
            how = f"{one['operation']} · {' or '.join(one['identifiers'])} · {one['password']}{twice}"
            _line(sheet, "also" if number else name, how, _after_label(one))
            _fields(sheet, one["fields"])
    if told["me"]:
        _line(sheet, "me", told["me"]["operation"], _after_label(told["me"]))
    for key, words in _NOBODY.items():
        if not told[key]:
            _line(sheet, {"logins": "login", "registrations": "registration"}.get(key, key), words)
    for scheme in told["schemes"]:
        where = f"{scheme['location']} {scheme['parameter']}".strip()
        parts = (scheme["kind"], scheme["scheme"], where)
        _line(sheet, "scheme", f"{scheme['name']} · {' · '.join(part for part in parts if part)}")
    if not told["schemes"]:
        _line(sheet, "scheme", "none: the document says nothing of how credentials are presented")


def _list(sheet: Sheet, one: Mapping[str, Any]) -> None:
    parameters = [f"{key} by {one[key]}" for key in ("page", "offset", "cursor", "size") if one[key]]
    bounds = [f"{key} {one[key]}" for key in ("maximum", "default") if one[key] is not None]
    ways = {key: one[key] for key in ("items", "total", "pages", "next") if one[key] is not None}
    envelope = [f"{key}: {way or 'the whole answer'}" for key, way in ways.items()]
    facts = " · ".join(
        part for part in (", ".join(parameters), ", ".join(bounds), ", ".join(envelope)) if part
    )
    sheet.put(f"  {one['operation']} · ", (one["style"], "cyan"), f" · {facts}" if facts else "", hang=4)
    _reason(sheet, _after_label(one))


def _resource(sheet: Sheet, one: Mapping[str, Any]) -> None:
    named = "" if one["parameter"] is None else f" · {{{one['parameter']}}}"
    if one["parameter"] is not None and one["identifier"] is not None:
        named += f" is {one['identifier'] or 'the whole answer'}"
    below = f" · below {one['parent']}" if one["parent"] else ""
    sheet.put("  ", (one["collection"], "cyan"), named, below, hang=4)
    for role in ("create", "list", "read", "update", "delete"):
        labels = one[role] if isinstance(one[role], list) else [one[role]]
        for label in filter(None, labels):
            sheet.put(f"    {role:<8}", label, hang=12)
            _fields(sheet, one["fields"].get(label, []), hang=12)
    reasons = dict.fromkeys(_short(reason, one["collection"]) for reason in one["reasons"])
    _reason(sheet, "; ".join(reasons), hang=12)


def _short(reason: str, collection: str) -> str:
    """That an operation lies at its collection's path anybody sees: only what is inferred otherwise is worth a line."""
    return "its operations lie at this path" if reason.endswith(f" lies at {collection}") else reason


def _fields(sheet: Sheet, fields: Iterable[Mapping[str, Any]], hang: int = REASONS) -> None:
    """The fields that are something, by what they are."""
    for what in _PROPERTIES:
        hidden = "owner" if what == "privileged" else ""  # who owns a row is privileged anyway
        found = [one for one in fields if what in one["reasons"] and hidden not in one["reasons"]]
        if found and what == "required":
            sheet.put(
                " " * hang, (f"required: {', '.join(one['field'] for one in found)}", "dim"), hang=hang + 2
            )
        elif found:
            said = ", ".join(f"{one['field']} ({one['reasons'][what]})" for one in found)
            sheet.put(" " * hang, (f"{what}: {said}", "dim"), hang=hang + 2)


def _line(sheet: Sheet, name: str, text: str, reason: str = "") -> None:
    sheet.put(f"  {name:<{NAMES - 2}}  ", text, hang=REASONS)
    if reason:
        _reason(sheet, reason)


def _reason(sheet: Sheet, reason: str, hang: int = REASONS) -> None:
    sheet.put(" " * hang, (reason, "dim"), hang=hang)


def _after_label(one: Mapping[str, Any]) -> str:
    """The reason without the operation, which stands above it already."""
    return str(one["reason"]).removeprefix(f"{one['operation']}: ")
