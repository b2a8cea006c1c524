"""Secrets in the code, in defaults, in files of variables: found, not taken for what they are not, and never shown."""

from __future__ import annotations

import dataclasses
import subprocess

import pytest

from compliance.rules.project.configuration_files import repository_keeps_no_secrets
from compliance.rules.project.secrets_in_code import code_holds_no_secret
from compliance.rules.project.settings_defaults import secret_settings_have_no_default
from compliance.source.hiding import hidden, without_passwords
from compliance.source.secrets import is_secret_name, password_of_url, repeats
from tests.source.projects import found, places, project, verdict

KEY = "k7Hq2vXw9TzL"
SETTINGS = "from pydantic import BaseModel, Field, SecretStr\nfrom pydantic_settings import BaseSettings\n"


#: Put together, so that nobody takes it for one that works.
ISSUED = "sk_" + "live_" + "4f9A" * 6


def code(folder, text, **others):
    return project(folder, {"app/__init__.py": "", "app/main.py": text, **others})


FOUND = {
    "a key in a call": f"import jwt\ndef f(c): return jwt.encode(c, '{KEY}', algorithm='HS256')\n",
    "a key by its name": f"from jose import jwt\ndef f(c): return jwt.decode(c, key='{KEY}')\n",
    "a constant that is the key": f"import jwt\nK = '{KEY}'\ndef f(c): return jwt.encode(c, K)\n",
    "bytes": f"import hmac\ndef f(c): return hmac.new(b'{KEY}', c, 'sha256')\n",
    "a URL": f"from sqlalchemy import create_engine\nengine = create_engine('postgresql://u:{KEY}@h/d')\n",
    "a URL in a constant": f"URL = 'redis://:{KEY}@h/0'\n",
    "a URL that is half filled in": f"from x import host\nURL = f(f'postgresql://u:{KEY}@{{host}}/d')\n",
    "a password as an argument": f"import smtp\nsmtp.login(user='me', password='{KEY}')\n",
    "a constant": f"SECRET_KEY = '{KEY}'\n",
    "an attribute": f"class C:\n    def __init__(self):\n        self.api_key = '{KEY}'\n",
    "a fallback": f"import os\nSECRET_KEY = os.getenv('SECRET_KEY', '{KEY}')\n",
    "a fallback of decouple": f"from decouple import config\nX = config('API_KEY', default='{KEY}')\n",
    "words": "SECRET_KEY = 'super-secret'\n",
    "words in capitals": "SECRET_KEY = 'SUPER_SECRET_KEY'\n",
    "a key of a known form": f"CONFIG = {{'api_key': '{ISSUED}'}}\n",
    "a key in a header": f"HEADERS = {{'Authorization': 'Bearer {ISSUED}'}}\n",
    "a key in a comparison": f"def f(given): return given == '{ISSUED}'\n",
    "a default": f"def sign(text: str, secret_key: str = '{KEY}'): ...\n",
    "a middleware": f"app.add_middleware(SessionMiddleware, secret_key='{KEY}')\n",
}
FREE = {
    "a setting": "import jwt\nfrom app.config import s\ndef f(c): return jwt.encode(c, s.key, algorithm='HS256')\n",
    "an empty text": "SECRET_KEY = ''\nfrom os import getenv\nX = getenv('SECRET_KEY', '')\n",
    "the name of a variable": "PASSWORD_VARIABLE = 'ADMIN_PASSWORD'\n",
    "kinds": "from enum import StrEnum\nclass Grant(StrEnum):\n    PASSWORD = 'pw-grant'\n",
    "a name again": "PASSWORD = 'password'\nRESET_PASSWORD = 'reset_password'\n",
    "a rate": "class Limits:\n    FORGOT_PASSWORD = '3/hour'\n    RESET_PASSWORD = '5/15minutes'\n",
    "a header, a type, a path": "API_KEY_HEADER = 'X-API-Key'\ntoken_type = 'bearer'\ntokenUrl = '/auth/token'\n",
    "a sentence": "INVALID_PASSWORD = 'Wrong password'\nraise E(password='must be longer')\n",
    "an algorithm": "f(password='argon2id')\n",
    "a template": "URL = '{scheme}://{user}:{password}@{host}'\nX = f'postgresql://{u}:{p}@{h}'\n",
    "a placeholder": "X = f('postgresql://user:<password>@host/db', secret_key='your-secret-key')\n",
    "a docstring": "'''postgresql://user:pa55word@host'''\n",
    "a URL without a password": "X = f('postgresql://host/db', 'http://localhost:8000/@x')\n",
    "a variable that another one is called after": "_AWS_EXTERNAL_ID_SECRET_KEY = 'SHOP_AWS_EXTERNAL_ID'\n",
    "a mark for what comes later": "PENDING_BOT_TOKEN = '__pending_bot_token__'\n",
    "a pattern of keys": "import re\nKEYS = re.compile('AKIA[0-9A-Z]{16}|sk_live_[0-9a-z]{24}')\n",
    "a default that says its name again": "def log_in(password: str = 'password'): ...\n",
    "a label": "x = Caller(api_key='health-probe')\n",
    "a Jinja template": "SECRET_KEY = '{{cookiecutter.secret_key}}'\n",
}


class TestCode:
    @pytest.mark.parametrize("text", FOUND.values(), ids=FOUND.keys())
    def test_a_secret_is_found_and_not_shown(self, tmp_path, text: str):
        violation = found(code_holds_no_secret, code(tmp_path, text))

        assert len(violation.proof) == 1
        assert KEY not in str(violation) + repr([dataclasses.astuple(place) for place in violation.proof])

    @pytest.mark.parametrize("text", FREE.values(), ids=FREE.keys())
    def test_what_is_none_is_left_alone(self, tmp_path, text: str):
        assert places(code_holds_no_secret, code(tmp_path, text)) == []

    def test_tests_migrations_and_scripts_are_no_part_of_the_service(self, tmp_path):
        beside = {"tests/conftest.py": FOUND["a constant"], "scripts/seed.py": FOUND["a constant"]}

        assert verdict(code_holds_no_secret, code(tmp_path, "", **beside)) == "pass"


DEFAULTS = {
    "plain": f"class S(BaseSettings):\n    secret_key: str = '{KEY}'\n",
    "Field": f"class S(BaseSettings):\n    smtp_password: str = Field('{KEY}', min_length=3)\n",
    "Field by name": f"class S(BaseSettings):\n    DB_PWD: str = Field(default='{KEY}')\n",
    "SecretStr": f"class S(BaseSettings):\n    api_key: SecretStr = Field(default=SecretStr('{KEY}'))\n",
    "a URL": f"class S(BaseSettings):\n    database_url: str = 'postgresql://app:{KEY}@db/app'\n",
    "a word": "class S(BaseSettings):\n    POSTGRES_PASSWORD: str = 'postgres'\n",
    "inherited": f"class B(BaseSettings):\n    pass\nclass S(B):\n    jwt_secret: str = '{KEY}'\n",
    "a group": f"class Db(BaseModel):\n    password: str = '{KEY}'\nclass S(BaseSettings):\n    db: Db = Db()\n",
    "of no library": f"import os\nclass Config:\n    SECRET_KEY = os.environ.get('SECRET_KEY', '{KEY}')\n",
    "of decouple": f"from decouple import config\nclass S(BaseSettings):\n    PEPPER: str = config('PEPPER', default='{KEY}')\n",
}
NO_DEFAULTS = {
    "required": "class S(BaseSettings):\n    secret_key: str\n    api_key: SecretStr = Field(..., min_length=3)\n",
    "None": "class S(BaseSettings):\n    secret_key: SecretStr | None = None\n",
    "empty": "class S(BaseSettings):\n    secret_key: str = ''\n    password: str = Field('')\n",
    "made at the start": "import secrets\nclass S(BaseSettings):\n    secret_key: str = secrets.token_urlsafe(32)\n",
    "about one": "class S(BaseSettings):\n    token_type: str = 'bearer'\n    access_token_algorithm: str = 'HS256'\n"
    "    api_key_header: str = 'X-Key'\n    password_min: str = 'eight'\n    token_url: str = '/login'\n",
    "of tests": f"class TestSettings(BaseSettings):\n    secret_key: str = '{KEY}'\n",
    "a dummy": "class S(BaseSettings):\n    api_key: str = 'DummyKey'\n",
    "no settings": f"class Body(BaseModel):\n    password: str = '{KEY}'\nclass S(BaseSettings):\n    name: str = 'x'\n",
}


class TestSettings:
    @pytest.mark.parametrize("text", DEFAULTS.values(), ids=DEFAULTS.keys())
    def test_a_default_is_found_and_not_shown(self, tmp_path, text: str):
        violation = found(secret_settings_have_no_default, code(tmp_path, SETTINGS + text))

        assert len(violation.proof) == 1
        assert KEY not in str(violation) + repr(violation.proof)

    @pytest.mark.parametrize("text", NO_DEFAULTS.values(), ids=NO_DEFAULTS.keys())
    def test_what_is_no_default_of_a_secret_is_left_alone(self, tmp_path, text: str):
        assert verdict(secret_settings_have_no_default, code(tmp_path, SETTINGS + text)) == "pass"

    def test_a_field_of_settings_is_one_finding_of_one_rule(self, tmp_path):
        for number, text in enumerate(DEFAULTS.values()):
            source = code(tmp_path / str(number), SETTINGS + text)

            assert places(code_holds_no_secret, source) == [], text

    def test_without_settings_there_is_nothing_to_judge(self, tmp_path):
        assert "no class of settings" in verdict(secret_settings_have_no_default, code(tmp_path, "x = 1\n"))


class TestFilesOfVariables:
    def kept(self, folder, *files: str) -> None:
        for command in (["init", "-q"], ["add", "-f", *files]):
            subprocess.run(["git", "-C", str(folder), *command], check=True)

    def test_a_tracked_secret_is_found_and_not_shown(self, tmp_path):
        source = code(
            tmp_path, "", **{".env": f"# mine\nexport SECRET_KEY='{KEY}'\n", ".gitignore": ".env\n"}
        )
        self.kept(tmp_path, ".env")

        violation = found(repository_keeps_no_secrets, source)

        assert [str(place) for place in violation.proof] == [".env:2"]
        assert KEY not in str(violation) + repr(violation.proof)

    def test_a_file_that_is_not_tracked_is_nobodys_business(self, tmp_path):
        source = code(tmp_path, "", **{".env": f"SECRET_KEY={KEY}\n"})
        self.kept(tmp_path, "app/main.py")

        assert verdict(repository_keeps_no_secrets, source) == "pass"

    @pytest.mark.parametrize(
        "line",
        [
            "SECRET_KEY=",
            "SECRET_KEY=changethis",
            "SECRET_KEY=<a key>",
            "PORT=8000",
            "DB=postgresql://u:${PW}@h/d",
        ],
    )
    def test_a_word_to_replace_is_no_secret(self, tmp_path, line: str):
        source = code(tmp_path, "", **{".env": f"{line}\n"})
        self.kept(tmp_path, ".env")

        assert verdict(repository_keeps_no_secrets, source) == "pass"

    @pytest.mark.parametrize("name", [".env.example", ".env.template", ".env.test", "sample.env"])
    def test_templates_and_files_of_tests_are_free(self, tmp_path, name: str):
        source = code(tmp_path, "", **{name: f"SECRET_KEY={KEY}\n"})
        self.kept(tmp_path, name)

        assert verdict(repository_keeps_no_secrets, source) == "pass"

    @pytest.mark.parametrize(
        ("ignoring", "outcome"),
        [
            (".env\n", "pass"),
            ("/.env*\n", "pass"),
            ("**/.env\n", "pass"),
            ("*.pyc\n", "violation"),
            (".env\n!.env\n", "violation"),
            ("# .env\n", "violation"),
        ],
    )
    def test_where_there_is_no_repository_the_ignore_file_tells(self, tmp_path, ignoring: str, outcome: str):
        source = code(tmp_path, "", **{".env": f"SECRET_KEY={KEY}\n", ".gitignore": ignoring})

        assert verdict(repository_keeps_no_secrets, source) == outcome

    def test_where_there_is_neither_nobody_knows(self, tmp_path):
        source = code(tmp_path, "", **{".env": f"SECRET_KEY={KEY}\n"})

        assert "no repository tells" in verdict(repository_keeps_no_secrets, source)


class TestHiding:
    def test_a_place_shows_no_text_of_its_line(self, tmp_path):
        source = code(tmp_path, f"call('{KEY}', f'{{x}}{KEY}', b'{KEY}', key=1234, on=True)  # {KEY}\n")
        module = source.index.modules["app.main"]

        place = module.place_of_secret(module.tree.body[0], "a call")

        assert place.excerpt == "call('…', '…', '…', key='…', on=True)"
        assert (place.line, place.note) == (1, "a call")

    def test_no_place_shows_the_password_of_a_url(self, tmp_path):
        source = code(tmp_path, f"URL = 'postgresql://app:{KEY}@db/app'\n")

        assert source.index.modules["app.main"].place(1).excerpt == "URL = 'postgresql://app:…@db/app'"

    def test_a_text_that_is_added_up_of_thousands_is_hidden_too(self, tmp_path):
        source = code(tmp_path, "x = " + " + ".join(["'a'"] * 900) + "\n")

        assert "a'" not in hidden(source.modules[-1].tree.body[0]).replace("'…'", "")

    def test_a_url_without_a_password_is_shown(self):
        assert without_passwords("http://localhost:80/a@b and //u@h") == "http://localhost:80/a@b and //u@h"


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            "SECRET_KEY",
            "jwtSecret",
            "password",
            "DB_PWD",
            "aws_secret_access_key",
            "stripe_api_key",
            "PEPPER",
        ],
    )
    def test_names_of_secrets(self, name: str):
        assert is_secret_name(name)

    @pytest.mark.parametrize(
        "name",
        [
            "secretary",
            "token_type",
            "password_hash",
            "api_key_header",
            "key",
            "token",
            "TOKEN_URL",
            "asphalt",
            # what a key is derived with is known to everybody
            "salt",
            "_HKDF_SALT",
        ],
    )
    def test_names_of_other_things(self, name: str):
        assert not is_secret_name(name)

    def test_passwords_of_urls(self):
        assert password_of_url("amqp://user:bitnami@localhost") == "bitnami"
        assert password_of_url("https://example.com/a:b@c") == ""
        assert password_of_url("postgresql://$USER:$PASS@h") == ""

    def test_texts_that_say_their_name_again(self):
        assert repeats("RESET_PASSWORD", "reset-password")
        assert not repeats("SECRET_KEY", KEY)
