"""The script of a finding runs as copied, however its actor is let in, and holds no secret."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from compliance.target.credentials import Credentials, Presentation
from compliance.target.reach import Grants, Target
from compliance.target.script import script
from tests.actors.houses import House, entered
from tests.actors.test_given import Closed, Signature
from tests.actors.test_registering import ShortNames
from tests.actors.test_tokens import (
    BareText,
    BasicAlone,
    BasicLogin,
    CookieSession,
    HeaderOfTheAnswer,
    KeyHeader,
    TokenFromRegistration,
    TokenScheme,
)

KINDS = [
    *(TokenScheme, KeyHeader, CookieSession, BasicAlone, BasicLogin, BareText, HeaderOfTheAnswer),
    *(TokenFromRegistration, ShortNames),
]


def proof(target: Target) -> str:
    """The script of a finding that bob's list shows."""
    listing = next(o for o in target.contract.operations if o.label == "GET /notes")
    return script(target, [target.call(listing, target.bob)])


def run(text: str, folder: Path, **environment: str) -> str:
    (folder / "again.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-W", "error", "again.py"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, text + done.stderr
    return done.stdout


def secrets_of(target: Target) -> list[str]:
    tokens = [token for mine in target.secrets.tokens.values() for token in mine]
    return [
        one for one in (*tokens, *target.secrets.passwords.values(), *target.secrets.given.values()) if one
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_registered_user_is_somebody_again(kind: type[House], tmp_path: Path) -> None:
    with entered(kind()) as target:
        text = proof(target)
        assert run(text, tmp_path).startswith("200 "), text
        assert [one for one in secrets_of(target) if one in text] == []


def test_a_given_token_is_read_from_where_it_came(tmp_path: Path) -> None:
    house = Closed()
    house.token_of = lambda request: request.headers.get("x-key", "")  # type: ignore[method-assign]
    tokens = {
        actor: Credentials(
            f"MY_{actor.upper()}_TOKEN", token=house.issue(name), presentation=Presentation("X-Key", "")
        )
        for actor, name in zip(("alice", "bob"), house.accounts, strict=True)
    }
    with entered(house, Grants(credentials=tokens)) as target:
        text = proof(target)
        assert tokens["bob"].token not in text
        assert run(text, tmp_path, MY_BOB_TOKEN=tokens["bob"].token).startswith("200 "), text


def test_what_a_hook_signs_cannot_be_told(tmp_path: Path) -> None:
    from compliance.target.hooks import Hooks
    from tests.actors.test_given import Signed

    house = Signed()
    names = dict(zip(("alice", "bob"), house.accounts, strict=True))
    hooks = Hooks(actor=lambda name, _: Signature(names[name]) if name in names else None)
    with entered(house, Grants(), hooks=hooks) as target:
        assert proof(target) == ""
