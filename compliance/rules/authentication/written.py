"""How the service verifies tokens, as its code has it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.source.modules import called, dotted, last
from compliance.source.subjects import whole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from compliance.result import Place
    from compliance.source import Source
    from compliance.source.modules import Module

#: python-jose takes any algorithm where none is named; PyJWT then refuses, or takes the key's own.
_LAX = ("jose.jwt.decode", "jose.decode")
_UNVERIFIED = ("jose.jwt.get_unverified_claims", "jose.jws.get_unverified_claims")
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
    calls = list(source.index.calls(*_DECODERS, *_UNVERIFIED))
    if not calls:
        source.must_be_read()
        raise NotApplicable("no call decodes a token")
    places = [place for module, call in calls for place in _faults(source, module, call)]
    source.none_of(
        places, "a token is believed unverified", "the signature verified, under a named algorithm"
    )


def _faults(source: Source, module: Module, call: ast.Call) -> Iterator[Place]:
    if source.index.of(module, call).name in _UNVERIFIED:
        if not _verified_beside(module, call):
            yield module.place(call, "the claims are read, and the signature is not verified")
        return
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
    elif _is_of_the_token(module, call, algorithms):
        yield module.place(call, "the token itself chooses the algorithm")


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
    function = module.function_around(call)
    return function is not None and any(
        one is not call and last(called(one)).startswith(("decode", "verify"))
        for one in function.nodes(ast.Call)
    )


def _is_of_the_token(module: Module, call: ast.Call, algorithms: ast.expr) -> bool:
    """Whether the algorithm is taken from the token's header, and compared with none that is allowed."""
    function = module.function_around(call)
    if function is None:
        return False
    headers = {
        dotted(target)
        for node in function.nodes(ast.Assign)
        for target in node.targets
        if _reads_header(node.value, frozenset())
    }
    chosen = headers | {
        dotted(target)
        for node in function.nodes(ast.Assign)
        for target in node.targets
        if _reads_header(node.value, headers)
    }
    is_checked = any(_reads_header(one, chosen) for one in function.nodes(ast.Compare))
    return _reads_header(algorithms, chosen) and not is_checked


def _reads_header(value: ast.expr, names: Collection[str]) -> bool:
    return any(
        (isinstance(one, ast.Call) and last(called(one)) == "get_unverified_header")
        or (isinstance(one, ast.Name) and one.id in names)
        for one in ast.walk(value)
    )


def _is_false(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
