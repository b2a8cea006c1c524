"""Every secret that a run knows, by a name that may be shown in its place."""

from __future__ import annotations

import json
import re
import secrets
import string
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

#: Three base64url segments of which the first decodes to an object: a JWT, whoever made it.
JWT = re.compile(r"eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
_CREDENTIAL_HEADERS = {"authorization", "cookie", "set-cookie", "proxy-authorization", "x-api-key"}
_SECRET_FIELD = re.compile(
    r'("(?:access_token|refresh_token|id_token|token|password|secret|api_key)"\s*:\s*)"[^"]*"', re.IGNORECASE
)


#: Characters from which on a secret is taken for one wherever it stands.
WHOLE = 8


def _alone(secret: str, shown: str, text: str) -> str:
    return re.sub(rf"(?<![\w$]){re.escape(secret)}(?!\w)", shown.replace("\\", ""), text)


@dataclass
class Secrets:
    """Passwords (the canaries of the run) and tokens, so that both can be searched for and neither is printed."""

    passwords: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def password(self, purpose: str, length: int = 24) -> str:
        """A new canary password: random, of at most `length` characters, with all four classes of characters."""
        alphabet = string.ascii_letters + string.digits
        body = "".join(secrets.choice(alphabet) for _ in range(max(length - 4, 4)))
        self.passwords[purpose] = value = f"Zk9!{body}"
        return value

    def remember_token(self, owner: str, token: str) -> None:
        self.tokens[owner] = token

    def redact(self, text: str) -> str:
        """The text with every known secret replaced by its name, and whatever looks like a credential hidden."""
        for name, value in [*self.passwords.items(), *self.tokens.items()]:
            kind = "PASSWORD" if self.passwords.get(name) == value else "TOKEN"
            shown = f"${re.sub(r'[^A-Z0-9]+', '_', name.upper())}_{kind}"
            for form in {value, json.dumps(value)[1:-1], quote(value, safe=""), quote_plus(value)} - {""}:
                # A short one stands in other words too: it is one only where it stands alone.
                text = text.replace(form, shown) if len(form) >= WHOLE else _alone(form, shown, text)
        return _SECRET_FIELD.sub(r'\1"<hidden>"', JWT.sub("<token>", text))

    def redact_header(self, name: str, value: str) -> str:
        if name.lower() not in _CREDENTIAL_HEADERS:
            return self.redact(value)
        known = next(
            (f"${owner.upper()}_TOKEN" for owner, token in self.tokens.items() if token and token in value),
            "<hidden>",
        )
        scheme, space, _ = value.partition(" ")
        return f"{scheme} {known}" if space else known
