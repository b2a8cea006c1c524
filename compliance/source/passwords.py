"""What becomes of passwords before a table keeps them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from compliance.contract.fields import is_password, is_stored_password
from compliance.source.annotations import all_fields
from compliance.source.kinds import Kind
from compliance.source.modules import Class, Function, Module, called, dotted, last

if TYPE_CHECKING:
    from compliance.result import Place
    from compliance.source.tree import Source

_ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s")
_FAST = (*(f"hashlib.{name}" for name in _ALGORITHMS), "hashlib.new", "hmac.new", "hmac.digest")
_SLOW = ("passlib", "pwdlib", "bcrypt", "argon2", "fastapi_users", "scrypt", "nacl", "werkzeug", "django")
_SLOW_CALLS = ("hashlib.scrypt", "hashlib.pbkdf2_hmac")
#: What is said near a digest of a password that is not kept: part of it is compared with a list of stolen ones.
_LISTS = ("pwned", "hibp", "breach", "leak", "compromised")
_SLOW_WORDS = ("bcrypt", "argon", "scrypt", "pbkdf2", "hashpw", "pwd_context")
_DUMPS = frozenset({"model_dump", "dict"})


def password_tables(source: Source) -> dict[str, tuple[Class, frozenset[str]]]:
    """The tables with a column for a password, with the names of such columns."""
    found = {}
    for one in source.classes(Kind.TABLE):
        fields = {name for place in (one, *source.index.ancestors(one)) for name in place.fields}
        columns = frozenset(name for name in fields if is_stored_password(name))
        if columns:
            found[one.name] = (one, columns)
    return found


def password_fields(source: Source, one: Class) -> Iterator[Place]:
    """The fields of a class that show a password or its hash, without those that are never sent."""
    for name, (place, annotation) in all_fields(source.index, one).items():
        value = place.values.get(name)
        said = value.keywords if isinstance(value, ast.Call) else []
        if is_stored_password(name) and not any(keyword.arg == "exclude" for keyword in said):
            yield place.module.place(annotation, f"{one.short}.{name}")


def hashes_slowly(source: Source) -> bool:
    """Whether a function that is made for passwords is in use."""
    return source.imports(*_SLOW) or any(True for _ in source.index.calls(*_SLOW_CALLS))


def fast_digests(source: Source) -> Iterator[Place]:
    """Digests of a password by a function that is made to be fast."""
    digests = list(source.index.calls(*_FAST))
    fed = [pair for module, call in digests for pair in _fed(module, call)]
    for module, call in (*digests, *fed):
        if not any(
            is_password(last(dotted(one)))
            for one in ast.walk(call)
            if isinstance(one, (ast.Name, ast.Attribute))
        ):
            continue
        node: ast.AST | None = call
        while node is not None and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node = module.parents.get(node)
        around = (ast.unparse(node) if node else module.text).lower()
        if not any(word in around or word in module.name.lower() for word in (*_LISTS, *_SLOW_WORDS)):
            yield module.place(call, "a fast digest of a password")


def _fed(module: Module, digest: ast.Call) -> Iterator[tuple[Module, ast.Call]]:
    """What a digest that a function keeps is fed with: `digest = hashlib.sha256()`, `digest.update(password)`."""
    function, above = module.function_around(digest), module.parents.get(digest)
    if function is None or not isinstance(above, ast.Assign):
        return
    names = {f"{dotted(target)}.update" for target in above.targets}
    yield from ((module, node) for node in function.nodes(ast.Call) if called(node) in names)


def kept_plain(source: Source, tables: Mapping[str, tuple[Class, frozenset[str]]]) -> Iterator[Place]:
    """Rows that are made of, or given, a password as it came."""
    plain = {name: one for name, one in tables.items() if not _hashes_itself(source, *one)}
    if not plain:
        return
    names = {last(name) for name in plain}
    for function in source.index.functions.values():
        if not any(name in function.module.imports or name in function.module.names for name in names):
            continue
        yield from _made(source, function, plain)


def _made(
    source: Source, function: Function, tables: Mapping[str, tuple[Class, frozenset[str]]]
) -> Iterator[Place]:
    changed = _assigned(function)
    for call in function.nodes(ast.Call):
        table = _table_made(source, function, call, tables)
        if table is None:
            continue
        for keyword in call.keywords:
            if keyword.arg in table[1] and _is_plain(keyword.value, changed):
                yield function.module.place(call, f"{keyword.arg} is the password as it came")
            elif keyword.arg is None and _dumps_password(
                source, function, keyword.value, table[1] - _mended(function, call, changed), changed
            ):
                yield function.module.place(call, "the row is made of all that came, the password with it")
    for node in function.nodes(ast.Assign):
        target = node.targets[0]
        if isinstance(target, ast.Attribute) and _is_plain(node.value, changed - {ast.unparse(target)}):
            table = tables.get(source.types.of(function, target.value))
            if table and target.attr in table[1]:
                yield function.module.place(node, f"{target.attr} is the password as it came")


def _table_made(
    source: Source, function: Function, call: ast.Call, tables: Mapping[str, tuple[Class, frozenset[str]]]
) -> tuple[Class, frozenset[str]] | None:
    """The table of which a call makes a row: `User(…)`, or `User.create(…)` where that method does not hash."""
    meaning = source.index.of(function.module, call)
    method = meaning.definition
    if isinstance(method, Function) and "classmethod" in method.decorators:
        return (
            None
            if "hash" in ast.unparse(method.node).lower()
            else tables.get(meaning.name.rpartition(".")[0])
        )
    return tables.get(meaning.name)


def _mended(function: Function, call: ast.Call, changed: frozenset[str]) -> frozenset[str]:
    """The columns of a new row that are given another value afterwards: `user.password = hashed(…)`."""
    rows = [
        ast.unparse(node.targets[0])
        for node in function.nodes(ast.Assign)
        if any(one is call for one in ast.walk(node.value))
    ]
    return frozenset(last(name) for name in changed for row in rows if name.startswith(f"{row}."))


def _is_plain(value: ast.expr, changed: frozenset[str]) -> bool:
    """Whether an expression is a password that nothing in the function replaced."""
    return is_password(last(dotted(value))) and ast.unparse(value) not in changed


def _assigned(function: Function) -> frozenset[str]:
    return frozenset(ast.unparse(target) for node in function.nodes(ast.Assign) for target in node.targets)


def _dumps_password(
    source: Source, function: Function, value: ast.expr, columns: frozenset[str], changed: frozenset[str]
) -> bool:
    """Whether `**data.model_dump()` brings the password of a schema into a column of that name."""
    if not (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _DUMPS
    ):
        return False
    if any(one.arg in ("exclude", "include") for one in value.keywords):
        return False
    given = value.func.value
    schema = source.index.classes.get(source.types.of(function, given))
    if schema is None or source.kinds.of(schema) is not Kind.SCHEMA:
        return False
    brought = {name for name in all_fields(source.index, schema) if is_password(name)} & columns
    return any(f"{ast.unparse(given)}.{name}" not in changed for name in brought) and not _hashes_fields(
        schema, brought
    )


def _hashes_itself(source: Source, table: Class, columns: frozenset[str]) -> bool:
    """Whether the table itself makes the hash: by a property, a validator, its `__init__`, a type or a listener."""
    for one in (table, *source.index.ancestors(table)):
        if "__init__" in one.methods or columns & set(one.methods) or _hashes_fields(one, columns):
            return True
        types = [
            ast.unparse(value)
            for name, value in (*one.fields.items(), *one.values.items())
            if name in columns
        ]
        if any("Password" in text or "Hash" in text or "Encrypt" in text for text in types):
            return True
    return any(last(called(call)) in ("listens_for", "listen") for call in table.module.nodes(ast.Call))


def _hashes_fields(one: Class, names: frozenset[str] | set[str]) -> bool:
    """Whether a validator of the class is for one of these fields."""
    decorators = [
        decorator
        for method in one.methods.values()
        for decorator in method.node.decorator_list
        if isinstance(decorator, ast.Call) and "valid" in last(called(decorator))
    ]
    said = {arg.value for each in decorators for arg in each.args if isinstance(arg, ast.Constant)}
    return bool(said & set(names))
