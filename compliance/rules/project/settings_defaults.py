"""Secrets that settings have where the environment says nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.result import Place
from compliance.source import Source
from compliance.source.modules import Class, called, last
from compliance.source.secrets import is_secret_name, may_be_secret, password_of_url, text_of
from compliance.source.subjects import whole

#: What a field's value is wrapped in, with the place of the default.
_WRAPPERS = {
    "Field": 0,
    "SecretStr": 0,
    "SecretBytes": 0,
    "config": 1,
    "getenv": 1,
    "get": 1,
    "env": 1,
    "cast": 1,
    "str": 0,
}
_OF_TESTS = ("test", "mock", "fake", "dummy")


@rule(
    "PRJ-002",
    "No setting that is a secret has a default",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def secret_settings_have_no_default(source: Source, _: Source) -> None:
    """
    Why: an installation that forgets the variable starts all the same, with a key that everybody can read.

    Breaks: `secret_key: str = "change-me"` in a class of settings

    Conforms: `secret_key: SecretStr`, which refuses to start, or None, with a key that is made at the start
    """
    classes = source.environment.settings.values()
    source.none_of(
        (place for one in classes for place in _places(source, one)),
        "a secret has a default",
        "no default: a start without it is refused",
    )
    if not classes:
        raise NotApplicable("there is no class of settings")


def _places(source: Source, one: Class) -> Iterator[Place]:
    if any(word in one.name.lower() for word in _OF_TESTS):
        return
    for node in one.node.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(target, ast.Name):
            continue
        for value in _defaults(node.value):
            said = text_of(source.index, one.module, value)
            named = is_secret_name(target.id) and said != "" and may_be_secret(said)
            if named or password_of_url(said):
                yield one.module.place_of_secret(node, f"the default of {target.id}")
                break


def _defaults(value: ast.expr | None) -> Iterator[ast.expr]:
    """What a field is where nothing else is said, out of `Field(…)`, `SecretStr(…)` and the like."""
    if not isinstance(value, ast.Call):
        if value is not None:
            yield value
        return
    place = _WRAPPERS.get(last(called(value)))
    named = [one.value for one in value.keywords if one.arg == "default"]
    given = value.args[place : place + 1] if place is not None else []
    for one in (*named, *given):
        yield from _defaults(one)
