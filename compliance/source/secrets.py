"""Names that stand for secrets, and texts that may be one."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from compliance.source.modules import last

if TYPE_CHECKING:
    from compliance.source.index import Index
    from compliance.source.modules import Module

#: What the last words of a name say where its value is a secret; `token` alone is too often a kind of token.
_SECRET = re.compile(
    r"(^|_)(secret|secret_?key|password|passwd|pwd|passphrase|api_?key|private_?key|access_?key|signing_?key|"
    r"encryption_?key|jwt_?key|auth_?token|access_?token|bot_?token|api_?token|secret_?token|client_?secret|pepper)$",
    re.IGNORECASE,
)
#: The user and the password of a URL; a password in braces, brackets or behind a `$` is filled in later.
_URL = re.compile(r"\b[a-z][\w+.-]*://[^\s/@:'\"<>{}$]*:(?P<password>[^\s/@'\"<>{}$%*]+)@")
#: Keys that show by their form who has given them out: Stripe, Amazon, GitHub, Slack, Google, SendGrid; and private keys.
_ISSUED = re.compile(
    r"\b[sr]k_live_[0-9A-Za-z]{16,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[0-9A-Za-z]{36}\b|\bxox[abprs]-[0-9]+-[0-9A-Za-z-]{20,}"
    r"|\bAIza[0-9A-Za-z_-]{35}\b|\bSG\.[\w-]{22}\.[\w-]{43}|-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[0-9A-Za-z+/=]{16}"
)
#: Texts of which nobody would say that they are a secret: a name to fill in, a header, a path, words of a sentence.
_NONE = re.compile(
    r"^\W*$|[<>{}]|\s|^/|://|^\$|^(your|my|the)[-_]|"
    r"^(none|null|true|false|string|str|bearer|basic|oauth2?|hs\d+|rs\d+|es\d+|argon2\w*|bcrypt|dummy\w*|fake\w*|not-?set|unset|todo)$",
    re.IGNORECASE,
)
#: How often something may be asked for: `FORGOT_PASSWORD = "3/hour"`, `"5/15minutes"`.
_RATE = re.compile(r"^\d+/\d*(second|minute|hour|day|month|year|sec|min|hr|s|m|h|d)s?$", re.IGNORECASE)
#: What marks a place where a secret will be, and no secret: `__pending_token__`, `********`.
_MARK = re.compile(r"^__\w+__$")
#: The name of a variable, in capitals; and words of small letters, as none gives out for a key of its service.
_VARIABLE = re.compile(r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+){2,}$")
_PLAIN = re.compile(r"^[a-z]+([-_][a-z]+)+$")
_OF_A_SERVICE = re.compile(r"(^|_)(api_?key|api_?token|bot_?token|access_?token|access_?key)$", re.IGNORECASE)
#: Words of names that say that there is a secret, and not of what.
_COMMON = frozenset(["secret", "key", "password", "token", "api", "jwt", "auth"])
_WORDS = re.compile(r"[a-z0-9]+")


def is_secret_name(name: str) -> bool:
    """Whether a variable, field or argument of that name holds a secret."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last(name))
    return bool(_SECRET.search(words))


def may_be_secret(text: str) -> bool:
    """Whether a text can be a key or a password, and is no placeholder and no word about one."""
    return not (_NONE.search(text) or _MARK.match(text) or _RATE.match(text))


def is_issued_key(text: str) -> bool:
    """Whether a text holds a key of a well-known form, whatever it is called."""
    return bool(_ISSUED.search(text)) and "EXAMPLE" not in text


def names_another(name: str, text: str) -> bool:
    """Whether a text is the name of a variable or a label: `STRIPE_ACCOUNT_KEY = "APP_STRIPE_ACCOUNT"`, `api_key="health-probe"`."""
    if _OF_A_SERVICE.search(name) and _PLAIN.match(text):
        return True
    shared = set(_WORDS.findall(text.lower())) & set(_WORDS.findall(name.lower()))
    return bool(_VARIABLE.match(text)) and len(shared - _COMMON) > 1


def repeats(name: str, text: str) -> bool:
    """Whether a text only says again what it is called: `PASSWORD = "password"` names a kind, a field or a parameter."""
    said = _WORDS.findall(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower())
    known = set(_WORDS.findall(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("_", " ")))
    return bool(said) and set(said) <= known


def password_of_url(text: str) -> str:
    """The password that stands in a URL, empty where there is none."""
    found = _URL.search(text)
    return found["password"] if found else ""


def text_of(index: Index, module: Module, node: ast.AST | None) -> str:
    """The text that an expression is: written there, or in a constant of the target that it names."""
    named = isinstance(node, ast.Name | ast.Attribute)
    written = index.of(module, node).definition if named else node
    if isinstance(written, ast.Constant) and isinstance(written.value, (str, bytes)):
        return written.value if isinstance(written.value, str) else written.value.decode("latin-1")
    if isinstance(written, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in written.values)
    return ""
