"""Keys and passwords that stand in the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from compliance.catalogue import Level, Phase, rule
from compliance.result import Place
from compliance.source import Source
from compliance.source.kinds import Kind
from compliance.source.modules import Module, called, last
from compliance.source.secrets import (
    is_issued_key,
    is_secret_name,
    may_be_secret,
    names_another,
    password_of_url,
    repeats,
    text_of,
)
from compliance.source.subjects import whole

#: Functions that are given a key, by their last name: where it stands, and how it is called.
_KEYED = {
    "jwt.encode": (1, "key"),
    "jwt.decode": (1, "key"),
    "jws.sign": (1, "key"),
    "jws.verify": (1, "key"),
    "hmac.new": (0, "key"),
    "hmac.digest": (0, "key"),
    "cryptography.fernet.Fernet": (0, "key"),
    "itsdangerous.Signer": (0, "secret_key"),
    "itsdangerous.Serializer": (0, "secret_key"),
    "itsdangerous.URLSafeSerializer": (0, "secret_key"),
    "itsdangerous.URLSafeTimedSerializer": (0, "secret_key"),
}
#: What reads the environment for others, the name first, with what holds where it says nothing.
_READING = frozenset({"config", "env", "getenv", "environ.get", "os.environ.get", "env.str"})


@rule(
    "PRJ-001",
    "No key and no password stands in the code",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def code_holds_no_secret(source: Source, _: Source) -> None:
    """
    Why: whoever reads the repository, a copy or an image of it has the key, and no key that stands in code is ever changed.

    Breaks: `jwt.encode(claims, "s3cr3t")`, `create_async_engine("postgresql+asyncpg://app:s3cr3t@db/app")`

    Conforms: `jwt.encode(claims, settings.secret_key)`, with the value from the environment
    """
    source.none_of(
        (place for module in source.index.modules.values() for place in _places(source, module)),
        "a secret stands in the code",
        "the environment gives it",
    )


def _places(source: Source, module: Module) -> Iterator[Place]:
    calls = (place for node in module.nodes(ast.Call) for place in _in_call(source, module, node))
    seen = set()
    for place in (*calls, *_in_constants(source, module), *_issued(module), *_in_defaults(source, module)):
        if place.line not in seen:
            seen.add(place.line)
            yield place


def _issued(module: Module) -> Iterator[Place]:
    """Keys of a known form, wherever they stand: in a dictionary, in a header, in a comparison."""
    for node in module.nodes(ast.Constant):
        if isinstance(node.value, str) and is_issued_key(node.value):
            yield module.place_of_secret(node, "a key of another service, or a private one")


def _in_defaults(source: Source, module: Module) -> Iterator[Place]:
    """`def sign(text: str, secret_key: str = "…")`."""
    for function in module.functions:
        for name, default in function.defaults.items():
            said = text_of(source.index, module, default) if isinstance(default, ast.Constant) else ""
            if said and is_secret_name(name) and _gives_away(name, said):
                yield module.place_of_secret(default, f"the default of {name}")


def _in_call(source: Source, module: Module, node: ast.Call) -> Iterator[Place]:
    name = called(node)
    full = source.index.meaning(module, name).name if name else ""
    key = _key(full, node)
    if key is not None and may_be_secret(text_of(source.index, module, key)):
        yield module.place_of_secret(node, f"the key of {last(full)}")
    if name in _READING or full == "os.getenv":
        yield from _in_read(source, module, node)
        return
    texts = [
        one for one in [*node.args, *(two.value for two in node.keywords)] if not isinstance(one, ast.Name)
    ]
    urls = [one for one in texts if password_of_url(text_of(source.index, module, one))]
    if urls and not source.environment.is_setting(module, node):
        yield module.place_of_secret(node, "a URL with a password")
    for one in node.keywords:
        if one.arg and is_secret_name(one.arg) and isinstance(one.value, ast.Constant):
            said = text_of(source.index, module, one.value)
            if said and _gives_away(one.arg, said):
                yield module.place_of_secret(node, f"the argument {one.arg}")


def _in_read(source: Source, module: Module, node: ast.Call) -> Iterator[Place]:
    """`os.getenv("SECRET_KEY", "…")`, where that is no field of settings."""
    said = [text_of(source.index, module, one) for one in node.args[:2]]
    said += [text_of(source.index, module, one.value) for one in node.keywords if one.arg == "default"]
    if len(said) < 2 or source.environment.is_setting(module, node):
        return
    if (is_secret_name(said[0]) and may_be_secret(said[1])) or password_of_url(said[1]):
        yield module.place_of_secret(node, "what is taken where the environment says nothing")


def _key(full: str, node: ast.Call) -> ast.expr | None:
    """What a call is given as its key."""
    known = next((said for name, said in _KEYED.items() if full == name or full.endswith(f".{name}")), None)
    if known is None:
        return None
    at, word = known
    named = next((one.value for one in node.keywords if one.arg == word), None)
    return named or (node.args[at] if len(node.args) > at else None)


def _in_constants(source: Source, module: Module) -> Iterator[Place]:
    """Constants of modules and of plain classes: `SECRET_KEY = "…"`; fields of settings are another clause's."""
    assigned: list[ast.Assign | ast.AnnAssign] = [*module.nodes(ast.Assign), *module.nodes(ast.AnnAssign)]
    for node in assigned:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
        said = text_of(source.index, module, node.value) if isinstance(node.value, ast.Constant) else ""
        if not said or source.environment.is_setting(module, node) or _in_enumeration(source, module, node):
            continue
        if password_of_url(said):
            yield module.place_of_secret(node, "a URL with a password")
        elif is_secret_name(name) and _gives_away(name, said):
            yield module.place_of_secret(node, f"the constant {name}")


def _gives_away(name: str, said: str) -> bool:
    return may_be_secret(said) and not repeats(name, said) and not names_another(name, said)


def _in_enumeration(source: Source, module: Module, node: ast.AST) -> bool:
    above = module.parents.get(node)
    one = source.index.classes.get(f"{module.name}.{above.name}") if isinstance(above, ast.ClassDef) else None
    return one is not None and source.kinds.of(one) is Kind.ENUM
