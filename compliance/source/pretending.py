"""What is called the hash of a password and is none: functions that hash nothing, and columns of hashes that get the password."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from compliance.contract.fields import is_password
from compliance.source.kinds import Kind
from compliance.source.modules import Function, dotted, last

if TYPE_CHECKING:
    from compliance.result import Place
    from compliance.source.tree import Source

#: Schemes of passlib that keep a password as it is, or as a fast digest.
_WEAK = frozenset(
    [
        *("plaintext", "ldap_plaintext", "hex_md4", "hex_md5", "hex_sha1", "hex_sha256", "hex_sha512"),
        *("md5_crypt", "apr_md5_crypt", "ldap_md5", "ldap_salted_md5", "ldap_sha1", "ldap_salted_sha1"),
        *("des_crypt", "lmhash", "nthash", "mysql323", "mysql41", "django_salted_md5", "django_salted_sha1"),
    ]
)
#: Classes that stand in for another one, in tests for instance.
_DOUBLES = re.compile(r"Fake|Dummy|Mock|Stub|Test")


def pretended_hashes(source: Source) -> Iterator[Place]:
    """Where a hash is made, kept or compared that is the password itself or as good as that."""
    for module, call in source.index.calls("passlib.context.CryptContext"):
        if _first_scheme(call) in _WEAK:
            yield module.place(call, f"{_first_scheme(call)} is no slow hash")
    for function in source.functions:
        yield from _returned(function)
        yield from _kept(source, function)
        yield from _compared(function)


def _first_scheme(call: ast.Call) -> str:
    """The scheme that new hashes are made by; the others are there for old ones."""
    said = {one.arg: one.value for one in call.keywords}
    schemes = said.get("schemes", call.args[0] if call.args else None)
    named = said.get("default") or (
        schemes.elts[0] if isinstance(schemes, (ast.List, ast.Tuple)) and schemes.elts else None
    )
    return named.value if isinstance(named, ast.Constant) and isinstance(named.value, str) else ""


def _returned(function: Function) -> Iterator[Place]:
    """`def hash_password(password): return password`, also with a text before it."""
    given = {one.arg for one in function.parameters if is_password(one.arg)}
    is_double = function.owner is not None and _DOUBLES.search(function.owner.short)
    if "hash" not in function.short.lower() or not given or is_double:
        return
    for node in function.nodes(ast.Return):
        if node.value is not None and _is_as_it_came(node.value, given - _changed(function)):
            yield function.module.place(node, f"{function.short} gives the password back")


def _is_as_it_came(value: ast.expr, names: set[str]) -> bool:
    match value:
        case ast.Name():
            return value.id in names
        case ast.BinOp(op=ast.Add()):
            return any(_is_as_it_came(one, names) for one in (value.left, value.right))
        case ast.JoinedStr():
            return any(
                _is_as_it_came(one.value, names)
                for one in value.values
                if isinstance(one, ast.FormattedValue)
            )
    return False


def _kept(source: Source, function: Function) -> Iterator[Place]:
    """`values["hashed_password"] = data.password`, and the same in a dictionary that is written down."""
    changed = _changed(function)
    pairs: list[tuple[ast.expr | None, ast.expr]] = [
        (target.slice, node.value)
        for node in function.nodes(ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Subscript)
    ]
    pairs += [pair for one in function.nodes(ast.Dict) for pair in zip(one.keys, one.values, strict=True)]
    for key, value in pairs:
        name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
        if _is_of_a_hash(name) and dotted(value) not in changed and _was_sent(source, function, value):
            yield function.module.place(value, f"{name} is the password as it came")


def _was_sent(source: Source, function: Function, value: ast.expr) -> bool:
    """Whether it is the password of a schema; a bare name may hold a hash by now."""
    if not (isinstance(value, ast.Attribute) and is_password(value.attr)):
        return False
    owner = source.index.classes.get(source.types.of(function, value.value))
    return owner is not None and source.kinds.of(owner) is Kind.SCHEMA


def _compared(function: Function) -> Iterator[Place]:
    """`password == user.hashed_password`: what is kept is what was sent, or nobody could log in."""
    given = {one.arg for one in function.parameters if is_password(one.arg)} - _changed(function)
    for node in function.nodes(ast.Compare):
        sides = [node.left, *node.comparators]
        if (
            len(sides) == 2
            and isinstance(node.ops[0], (ast.Eq, ast.NotEq))
            and any(dotted(one) in given for one in sides)
            and any(isinstance(one, ast.Attribute) and _is_of_a_hash(one.attr) for one in sides)
        ):
            yield function.module.place(node, "the password is compared with the hash as if it were one")


def _is_of_a_hash(name: str) -> bool:
    lower = last(name).lower()
    return "hash" in lower and "pass" in lower.replace("pwd", "pass")


def _changed(function: Function) -> set[str]:
    return {dotted(target) for node in function.nodes(ast.Assign) for target in node.targets} - {""}
