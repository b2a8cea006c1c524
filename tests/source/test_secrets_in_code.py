"""How code verifies tokens and keeps passwords."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.catalogue import load
from tests.source.projects import project, verdict

TABLES = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from pydantic import BaseModel
import bcrypt
import hashlib
class Base(DeclarativeBase): ...
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    password: Mapped[str] = mapped_column()
    @classmethod
    def create(cls, **values):
        return cls(**values)
class SignUp(BaseModel):
    password: str
"""


TWO_STEPS = """\
import jwt
def read(t):
    who = jwt.decode(t, options={'verify_signature': False})['iss']
    return jwt.decode(t, KEYS[who], algorithms=['RS256'])
"""


def judged(name: str, folder: Path, text: str) -> str:
    source = project(folder, {"app/__init__.py": "", "app/code.py": text})
    return verdict(load().rule(name), source)


class TestTokens:
    @pytest.mark.parametrize(
        "call",
        [
            "import jwt\njwt.decode(t, k, algorithms=['HS256'], options={'verify_signature': False})",
            "import jwt\njwt.decode(t, options=dict(verify_signature=False))",
            "import jwt\nOFF = {'verify_signature': False}\njwt.decode(t, k, ['HS256'], options=OFF)",
            "import jwt\njwt.decode(t, k, verify=False)",
            "import jwt\njwt.decode(t, k, algorithms=['HS256', 'None'])",
            "from jose import jwt\njwt.decode(t, k)",
            "from jose.jwt import decode\ndecode(t, k, options={'verify_aud': False})",
            "from jose import jwt\njwt.get_unverified_claims(t)",
            "import jwt\ndef f(t): return jwt.decode(t, k, algorithms=[jwt.get_unverified_header(t)['alg']])",
            "import jwt\ndef f(t):\n    head = jwt.get_unverified_header(t)\n    return jwt.decode(t, k, [head['alg']])",
        ],
    )
    def test_a_token_that_is_believed_is_found(self, tmp_path: Path, call: str):
        assert judged("AUT-002@source", tmp_path, call) == "violation"

    @pytest.mark.parametrize(
        "call",
        [
            "import jwt\njwt.decode(t, k, algorithms=['HS256'])",
            "import jwt\njwt.decode(t, k, ALGORITHMS)",
            "import jwt\njwt.decode(t, key_of_the_token)",
            "from jose import jwt\njwt.decode(t, k, algorithms=ALGORITHM)",
            "from jose import jwt\njwt.decode(t, k, **HOW)",
            "import jwt\ndef f(t):\n    h = jwt.get_unverified_header(t)\n    return jwt.decode(t, KEYS[h['kid']], algorithms=['RS256'])",
            (
                "import jwt\ndef f(t):\n    alg = jwt.get_unverified_header(t)['alg']\n    if alg not in KNOWN:\n        raise ValueError\n"
                "    return jwt.decode(t, k, algorithms=[alg])"
            ),
            "from jose import jwt\ndef f(t):\n    w = jwt.get_unverified_claims(t)['iss']\n    return jwt.decode(t, KEYS[w], ['RS256'])",
            # by which key to verify it, the token itself tells
            TWO_STEPS,
        ],
    )
    def test_one_that_is_verified_is_not(self, tmp_path: Path, call: str):
        assert judged("AUT-002@source", tmp_path, call) == "pass"

    def test_a_service_without_tokens_has_nothing_to_verify(self, tmp_path: Path):
        assert judged("AUT-002@source", tmp_path, "import json\njson.loads('1')") == "no call decodes a token"


class TestPasswords:
    @pytest.mark.parametrize(
        "code",
        [
            "def up(data: SignUp):\n    return User(**data.model_dump())",
            "def up(data: SignUp):\n    return User(**data.dict())",
            "def up(data: SignUp):\n    return User(password=data.password)",
            "def up(data: SignUp):\n    return User.create(password=data.password)",
            "def up(user: User, password: str):\n    user.password = password",
            "def digest(password: str):\n    return hashlib.sha256(password.encode()).hexdigest()",
            "def digest(password: str):\n    return hashlib.new('sha256', password.encode()).hexdigest()",
            "def digest(password: str):\n    one = hashlib.sha256()\n    one.update(password.encode())\n    return one.hexdigest()",
            "import hmac\ndef digest(password: str):\n    return hmac.new(KEY, password.encode(), 'sha256').hexdigest()",
            "def hash_password(password: str):\n    return password",
            "def fake_hash_password(password: str):\n    return 'fakehashed' + password",
            "from passlib.context import CryptContext\ncontext = CryptContext(schemes=['plaintext'])",
            "from passlib.context import CryptContext\ncontext = CryptContext(['bcrypt', 'hex_md5'], default='hex_md5')",
            "def up(data: SignUp):\n    values = {}\n    values['hashed_password'] = data.password",
            "def up(data: SignUp):\n    return {'name': data.name, 'password_hash': data.password}",
            "def log_in(user: User, password: str):\n    return user.password_hash == password",
        ],
    )
    def test_one_that_is_kept_as_it_came_is_found(self, tmp_path: Path, code: str):
        assert judged("SEC-004@source", tmp_path, TABLES + code) == "violation"

    @pytest.mark.parametrize(
        "code",
        [
            "def up(data: SignUp):\n    return User(password=hash_of(data.password))",
            "def up(data: SignUp):\n    return User(**data.model_dump(exclude={'password'}), password=hash_of(data.password))",
            "def up(data: SignUp):\n    data.password = hash_of(data.password)\n    return User(**data.model_dump())",
            "def up(data: SignUp):\n    user = User(**data.model_dump())\n    user.password = hash_of(data.password)",
            "def up(password: str):\n    password = hash_of(password)\n    return User(password=password)",
            "class FakeHasher:\n    def hash(self, password: str):\n        return password",
            "def hash_password(password: str):\n    return bcrypt.hashpw(password, bcrypt.gensalt())",
            "def hash_password(password: str):\n    password = bcrypt.hashpw(password, bcrypt.gensalt())\n    return password",
            "def up(data: SignUp):\n    return {'hashed_password': hash_of(data.password), 'password': data.password}",
            "def up(data: SignUp):\n    data.password = hash_of(data.password)\n    return {'hashed_password': data.password}",
            "def log_in(user: User, password: str):\n    return hash_of(password) == user.password_hash",
            "from passlib.context import CryptContext\ncontext = CryptContext(schemes=['bcrypt', 'hex_md5'], deprecated='auto')",
            # the first digest of two, and the list of stolen passwords
            "def h(password: str):\n    return bcrypt.hashpw(hashlib.sha256(password.encode()).digest(), bcrypt.gensalt())",
            "def is_pwned(password: str):\n    return ask(hashlib.sha1(password.encode()).hexdigest()[:5])",
            "def tag(content: bytes):\n    return hashlib.md5(content).hexdigest()",
        ],
    )
    def test_one_that_is_hashed_is_not(self, tmp_path: Path, code: str):
        assert judged("SEC-004@source", tmp_path, TABLES + code) == "pass"

    def test_a_table_that_hashes_by_itself_is_left_alone(self, tmp_path: Path):
        text = TABLES.replace(
            "    @classmethod", "    @validates('password')\n    def h(self, k, v): ...\n    @classmethod"
        )

        assert (
            judged("SEC-004@source", tmp_path, text + "def up(data: SignUp):\n    return User(**data.dict())")
            == "pass"
        )

    def test_a_hash_of_an_unknown_kind_is_undecided(self, tmp_path: Path):
        text = TABLES.replace("import bcrypt\n", "")

        assert "no function for passwords" in judged("SEC-004@source", tmp_path, text)

    def test_a_service_without_passwords_keeps_none(self, tmp_path: Path):
        text = TABLES.replace("    password: Mapped[str]", "    name: Mapped[str]").replace(
            "password: str", "name: str"
        )

        assert judged("SEC-004@source", tmp_path, text) == "no table has a column for a password"


class TestAnswers:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ("password: str", "violation"),
            ("hashed_password: str | None = None", "violation"),
            ("inner: list[SignUp]", "violation"),
            ("hashed_password: str = Field(exclude=True)", "pass"),
            ("password_changed_at: str", "pass"),
            ("has_password: bool", "pass"),
        ],
    )
    def test_a_field_for_a_password_is_found(self, tmp_path: Path, fields: str, expected: str):
        text = f"{TABLES}from fastapi import FastAPI\napp = FastAPI()\nclass Out(BaseModel):\n    {fields}\n"

        assert judged("SEC-002@source", tmp_path, text + "@app.get('/')\ndef f() -> Out: ...") == expected

    def test_a_service_that_shows_nothing_of_its_own_shows_none(self, tmp_path: Path):
        assert "no operation" in judged("SEC-002@source", tmp_path, TABLES)
