"""How the service verifies tokens, as its code has it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.source.modules import called, last
from compliance.source.subjects import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.result import Place
    from compliance.source import Source
    from compliance.source.modules import Module

#: python-jose takes any algorithm where none is named; PyJWT then refuses, or takes the key's own.
_LAX = ("jose.jwt.decode", "jose.decode")
_DECODERS = (*_LAX, "jwt.decode", "jwt.api_jwt.decode", "jwt.decode_complete")


@rule(
    "AUT-002", "A forged token is refused", level=Level.MUST, subjects=whole, phase=Phase.READ, depth="source"
)
def tokens_are_verified(source: Source, _: Source) -> None:
    """
    Why: whoever believes a token that he has not verified lets anybody be anybody.

    Breaks: `jwt.decode(token, key, options={"verify_signature": False})`; `algorithms=["HS256", "none"]`; with
    python-jose no algorithms at all

    Conforms: `jwt.decode(token, key, algorithms=["HS256"])`
    """
    calls = list(source.index.calls(*_DECODERS))
    if not calls:
        source.must_be_read()
        raise NotApplicable("no call decodes a token")
    places = [place for module, call in calls for place in _faults(source, module, call)]
    source.none_of(
        places, "a token is believed unverified", "the signature verified, under a named algorithm"
    )


def _faults(source: Source, module: Module, call: ast.Call) -> Iterator[Place]:
    said = {one.arg: one.value for one in call.keywords}
    if (
        _turned_off(source, module, said.get("options")) or _is_false(said.get("verify"))
    ) and not _verified_beside(module, call):
        yield module.place(call, "the signature is not verified")
    algorithms = said.get("algorithms", call.args[2] if len(call.args) > 2 else None)
    if algorithms is None:
        is_lax = source.index.of(module, call).name in _LAX
        if is_lax and None not in said and not _turned_off(source, module, said.get("options")):
            yield module.place(call, "no algorithm is named, so that any is believed")
    elif any(
        isinstance(one, ast.Constant) and str(one.value).lower() == "none"
        for one in ast.walk(algorithms)
        if not (one is algorithms and isinstance(one, ast.Constant) and one.value is None)
    ):
        yield module.place(call, "the algorithm none is allowed")


def _turned_off(source: Source, module: Module, options: ast.expr | None) -> bool:
    """Whether options say that the signature is not verified; what cannot be read says nothing."""
    if isinstance(options, (ast.Name, ast.Attribute)):
        meaning = source.index.of(module, options)
        options = meaning.definition if isinstance(meaning.definition, ast.expr) else None
    if isinstance(options, ast.Dict):
        pairs = zip(options.keys, options.values, strict=True)
        return any(
            isinstance(key, ast.Constant) and key.value == "verify_signature" and _is_false(value)
            for key, value in pairs
        )
    if isinstance(options, ast.Call) and called(options) == "dict":
        return any(one.arg == "verify_signature" and _is_false(one.value) for one in options.keywords)
    return False


def _verified_beside(module: Module, call: ast.Call) -> bool:
    """Whether the same function verifies a token too: it reads one to learn by which key to verify it."""
    node: ast.AST = call
    while not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        above = module.parents.get(node)
        if above is None:
            return False
        node = above
    return any(
        isinstance(one, ast.Call) and one is not call and last(called(one)).startswith(("decode", "verify"))
        for one in ast.walk(node)
    )


def _is_false(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
