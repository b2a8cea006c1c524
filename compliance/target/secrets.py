"""Every secret that a run knows, by a name that may be shown in its place."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from compliance.contract.paths import vocabulary, words
from compliance.target.scanning import shapes

#: Characters of a canary where the document sets no limit.
LENGTH = 24
#: Characters from which on a secret is taken for one wherever it stands.
WHOLE = 8
#: Characters up to which a given password of letters or digits alone may well be a word of the service's.
COMMON = 12

#: Headers that a request has without being signed.
_USUAL = {
    *("host", "accept", "accept-encoding", "connection", "user-agent"),
    *("content-length", "content-type", "transfer-encoding"),
}
_SENSITIVE = r"(?:token|secret|passw|passphrase|api[\W_]?key|signing[\W_]?key|private[\W_]?key|jwt|session)"
#: Names of headers that carry credentials, beside those that speak of a secret.
_CREDENTIALS = re.compile(rf"authorization|cookie|csrf|xsrf|^x-auth|{_SENSITIVE}", re.IGNORECASE)
#: Words that make something harmless of a name that speaks of a secret: `token_type`, `password_changed_at`.
_HARMLESS = vocabulary(
    "type expires expiry expiration expired at in url uri count length strength policy status scope is has required"
)
#: A JSON field whose name speaks of a secret, its text not closed where a body was cut.
_FIELD = (
    r'"(?P<key>[\w .:$-]{0,80}?' + _SENSITIVE + r'[\w .:$-]{0,80})"(?P<colon>\s*:\s*)"'
    r'(?P<value>(?:[^"\\]|\\.)*)(?P<end>"|\\?\Z)'
)
#: Three base64url segments of which the first decodes to an object: a JWT, whoever made it.
_JWT = r"(?P<jwt>(?-i:eyJ)[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*)"


@dataclass
class Secrets:
    """Canaries, tokens and what a person gave, so that none is printed and the canaries can be searched for."""

    #: the canaries: passwords that the run made, by purpose; no answer may hold one
    passwords: dict[str, str] = field(default_factory=dict)
    #: every token that somebody ever had, by owner
    tokens: dict[str, list[str]] = field(default_factory=dict)
    #: passwords and keys that a person gave, by the name to show; they may be words that any answer holds
    given: dict[str, str] = field(default_factory=dict)

    def password(
        self,
        purpose: str,
        longest: int | None = None,
        shortest: int = 0,
        fits: Callable[[str], bool] = lambda _: True,
        exactly: int = 0,
    ) -> str:
        """A new canary password: random, of at most `longest` characters, with all four classes of characters.

        shortest: it has so many, if `longest` allows; exactly: it has so many, five or more, whatever else is said;
        fits: says whether a service takes it, whose rules may leave out signs that others ask for.
        """
        alphabet = string.ascii_letters + string.digits
        length = exactly or min(max(LENGTH, shortest), longest or max(LENGTH, shortest))
        body = "".join(
            secrets.choice(alphabet) for _ in range(exactly - 4 if exactly else max(length - 4, 4))
        )
        candidates = [f"Zk9{sign}{body}" for sign in "!@#$%&*_-."]
        candidates += [f"Zk9k{body}", "".join(secrets.choice(string.digits) for _ in range(length))]
        return self.keep(purpose, next((one for one in candidates if fits(one)), candidates[0]))

    def keep(self, purpose: str, value: str) -> str:
        """Remember a password that the run made up, beside all earlier ones: an answer may hold any of them."""
        name = purpose if purpose not in self.passwords else f"{purpose} {len(self.passwords)}"
        self.passwords[name] = value
        return value

    def remember_token(self, owner: str, token: str) -> None:
        """Keep a token beside all earlier ones: an old one may still be valid."""
        known = self.tokens.setdefault(owner, [])
        if token and token not in known:
            known.append(token)

    def remember_signature(
        self, owner: str, plain: Iterable[tuple[str, str]], signed: Iterable[tuple[str, str]]
    ) -> None:
        """Keep what was added to a request on its way out: whatever header it stands in, it may let somebody in."""
        before = {name.lower() for name, _ in plain} | _USUAL
        for name, value in signed:
            if name.lower() not in before and len(value) >= WHOLE:
                self.remember_token(owner, value.rpartition(" ")[2])

    def redact(self, text: str) -> str:
        """The text with every known secret, in whatever encoding, replaced by its name, and likely ones hidden.

        In one pass, so that nothing is replaced inside a replacement.
        """
        names, alone = self._forms(text)
        found = [_FIELD, _JWT, *map(re.escape, sorted(names, key=len, reverse=True))]
        # What is short or a word stands in other words too: it is a secret only where it stands alone.
        found += [rf"(?-i:(?<![\w$]){re.escape(v)}(?!\w))" for v in sorted(alone, key=len, reverse=True)]
        return re.sub("|".join(found), lambda hit: self._shown(hit, names, alone), text, flags=re.IGNORECASE)

    def _shown(self, hit: re.Match[str], names: dict[str, str], alone: dict[str, str]) -> str:
        if hit["jwt"]:
            return alone.get(hit[0]) or names.get(hit[0].lower()) or "<token>"
        if hit["key"] is None:
            return alone.get(hit[0]) or names.get(hit[0].lower()) or "<hidden>"
        harmless = _HARMLESS.intersection(words(hit["key"]))
        value = self.redact(hit["value"]) if harmless else "<hidden>"
        return f'"{self.redact(hit["key"])}"{hit["colon"]}"{value}"'

    def _forms(self, text: str) -> tuple[dict[str, str], dict[str, str]]:
        """What stands in the text, with the name to show: in any case anywhere, and exactly so but only alone."""
        lowered = text.lower()
        names: dict[str, str] = {}
        alone: dict[str, str] = {}
        for value, name, given in self._known():
            common = len(value) < WHOLE or (given and len(value) < COMMON and _is_word(value))
            if common and value in text:
                alone.setdefault(value, name)
            for form in dict.fromkeys(shape.lower() for _, shape in shapes(value)):
                if form in lowered and not (common and form == value.lower()):
                    names.setdefault(form, name)
        return names, alone

    def _known(self) -> list[tuple[str, str, bool]]:
        """Every secret with the name to show for it and whether a person gave it."""
        known = [(value, f"{name} password", False) for name, value in self.passwords.items()]
        known += [(value, f"{name} token", False) for name, values in self.tokens.items() for value in values]
        known += [(value, name, True) for name, value in self.given.items()]
        return [(value, _variable(name), given) for value, name, given in known if value]

    def redact_header(self, name: str, value: str) -> str:
        if not _CREDENTIALS.search(name) or _HARMLESS.intersection(words(name)):
            return self.redact(value)
        known = next(
            (shown for secret, shown, given in self._known() if len(secret) >= WHOLE and secret in value),
            "<hidden>",
        )
        scheme, space, _ = value.partition(" ")
        shows_scheme = space and scheme.isalpha() and name.lower().endswith("authorization")
        return f"{scheme} {known}" if shows_scheme else known


def _is_word(value: str) -> bool:
    return value.isalpha() or value.isdigit()


def _variable(name: str) -> str:
    return f"${re.sub(r'[^A-Z0-9]+', '_', name.upper())}"
