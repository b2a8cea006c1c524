"""Every secret that a run knows, by a name that may be shown in its place."""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import dataclass, field

from compliance.target.scanning import shapes

#: Three base64url segments of which the first decodes to an object: a JWT, whoever made it.
JWT = re.compile(r"eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
_CREDENTIAL_HEADERS = {"authorization", "cookie", "set-cookie", "proxy-authorization", "x-api-key"}
_SECRET_FIELD = re.compile(
    r'("(?:access_token|refresh_token|id_token|token|password|secret|api_key)"\s*:\s*)"(?:[^"\\]|\\.)*"',
    re.IGNORECASE,
)


#: Characters of a canary where the document sets no limit.
LENGTH = 24
#: Characters from which on a secret is taken for one wherever it stands.
WHOLE = 8


def _replace(form: str, shown: str, text: str) -> str:
    """All occurrences replaced, whatever their case: digests and percent-encodings are written in both."""
    return re.sub(re.escape(form), shown, text, flags=re.IGNORECASE) if form.lower() in text.lower() else text


@dataclass
class Secrets:
    """Passwords (the canaries of the run) and tokens, so that both can be searched for and neither is printed."""

    passwords: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def password(self, purpose: str, longest: int | None = None) -> str:
        """A new canary password: random, of at most `longest` characters, with all four classes of characters."""
        alphabet = string.ascii_letters + string.digits
        body = "".join(secrets.choice(alphabet) for _ in range(max(min(longest or LENGTH, LENGTH) - 4, 4)))
        self.passwords[purpose] = value = f"Zk9!{body}"
        return value

    def remember_token(self, owner: str, token: str) -> None:
        self.tokens[owner] = token

    def redact(self, text: str) -> str:
        """The text with every known secret, in whatever encoding, replaced by its name, and likely ones hidden."""
        for value, shown in self._names():
            for _, form in shapes(value):
                text = _replace(form, shown, text)
            if len(value) < WHOLE:
                # A short one stands in other words too: it is one only where it stands alone.
                text = re.sub(rf"(?<![\w$]){re.escape(value)}(?!\w)", shown, text)
        return _SECRET_FIELD.sub(r'\1"<hidden>"', JWT.sub("<token>", text))

    def _names(self) -> list[tuple[str, str]]:
        """Every secret with the name to show for it, longest first: one may begin with another."""
        known = [(value, name, "PASSWORD") for name, value in self.passwords.items()]
        known += [(value, name, "TOKEN") for name, value in self.tokens.items()]
        named = [(v, f"${re.sub(r'[^A-Z0-9]+', '_', name.upper())}_{kind}") for v, name, kind in known if v]
        return sorted(named, key=lambda pair: -len(pair[0]))

    def redact_header(self, name: str, value: str) -> str:
        if name.lower() not in _CREDENTIAL_HEADERS:
            return self.redact(value)
        known = next(
            (f"${owner.upper()}_TOKEN" for owner, token in self.tokens.items() if token and token in value),
            "<hidden>",
        )
        scheme, space, _ = value.partition(" ")
        return f"{scheme} {known}" if space else known
