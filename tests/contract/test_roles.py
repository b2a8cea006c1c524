"""Login, registration and me, in the shapes that services give them."""

import pytest

from compliance.contract import understand
from tests.contract.documents import answers, document, obj, query, takes

TOKEN = obj("access_token", "token_type")
FORM = "application/x-www-form-urlencoded"
CREDENTIALS = obj("username", "password", required=["username", "password"])


def post(body=None, answer=None, media_type="application/json", **more):
    request = {"requestBody": takes(body, media_type)} if body else {}
    return {"post": request | {"responses": answers(answer) if answer else {}} | more}


def wrapped(name, schema):
    return {"type": "object", "properties": {name: schema}}


@pytest.mark.parametrize(
    ("paths", "style", "identifier", "password", "token"),
    [
        ({"/auth/login": post(CREDENTIALS, TOKEN)}, "json", ("username",), ("password",), ("access_token",)),
        ({"/login": post(CREDENTIALS, TOKEN, FORM)}, "form", ("username",), ("password",), ("access_token",)),
        ({"/tokens": post(obj("email", "pwd"), obj("jwt"))}, "json", ("email",), ("pwd",), ("jwt",)),
        (
            {"/users/login": post(wrapped("user", obj("email", "password")), wrapped("user", obj("token")))},
            "json",
            ("user", "email"),
            ("user", "password"),
            ("user", "token"),
        ),
        (
            {"/login": post(parameters=query("username", "password"), answer=TOKEN)},
            "query",
            ("username",),
            ("password",),
            ("access_token",),
        ),
        ({"/login": post(answer=TOKEN)}, "json", ("username",), ("password",), ("access_token",)),
    ],
)
def test_login(paths, style, identifier, password, token):
    login = understand(document(paths)).login
    assert (login.style, login.identifier, login.password, login.token) == (
        style,
        identifier,
        password,
        token,
    )
    assert login.reason.startswith(f"{login.operation.label}: ")


def test_registration_in_the_query():
    paths = {
        "/register": post(parameters=query("username", "email", "password", type="string")),
        "/login": post(parameters=query("username", "password", type="string"), answer=TOKEN),
    }
    registration = understand(document(paths)).registration
    assert (registration.operation.path, registration.identifier, registration.password) == (
        "/register",
        ("username",),
        ("password",),
    )


@pytest.mark.parametrize("made", [obj("email", "user_token"), obj("email", "name")])
def test_words_of_a_name_may_be_parted(made):
    paths = {
        "/auth/sign-up": post(obj("email", "password", "name"), made),
        "/auth/sign-in": post(obj("email", "password"), TOKEN),
    }
    contract = understand(document(paths))
    assert [login.operation.path for login in contract.logins] == ["/auth/sign-in"]
    assert contract.registration.operation.path == "/auth/sign-up"


@pytest.mark.parametrize("url", ["auth/go", "/api/auth/go", "https://example.com/api/auth/go"])
def test_the_token_url_says_which_it_is(url):
    schemes = {"oauth": {"type": "oauth2", "flows": {"password": {"tokenUrl": url, "scopes": {}}}}}
    paths = {"/api/auth/go": post(CREDENTIALS), "/api/login": post(CREDENTIALS, TOKEN)}
    assert (
        understand(document(paths, components={"securitySchemes": schemes})).login.operation.path
        == "/api/auth/go"
    )


@pytest.mark.parametrize(
    "paths",
    [
        {"/auth/refresh": post(obj("refresh_token"), TOKEN)},
        {"/auth/logout": post()},
        {"/auth/password-reset": post(obj("email", "password"))},
        {
            "/users": post(
                obj("email", "password", "city", "street", required=["email", "password", "city", "street"])
            )
        },
        {"/things": post(obj("name"))},
    ],
)
def test_no_login(paths):
    assert understand(document(paths)).login is None


LOGIN = {"/auth/login": post(CREDENTIALS, TOKEN)}


@pytest.mark.parametrize(
    ("paths", "label", "identifiers"),
    [
        ({"/auth/register": post(obj("email", "password"))}, "POST /auth/register", (("email",),)),
        ({"/users": post(obj("email", "password"))}, "POST /users", (("email",),)),
        (
            {"/sign-up": post(obj("email", "username", "password"))},
            "POST /sign-up",
            (("username",), ("email",)),
        ),
        ({"/users": post(wrapped("user", obj("email", "password")))}, "POST /users", (("user", "email"),)),
    ],
)
def test_registration(paths, label, identifiers):
    registration = understand(document(LOGIN | paths)).registration
    assert registration.operation.label == label
    assert registration.identifiers == identifiers
    assert registration.identifier == identifiers[0]


def test_the_password_twice():
    body = obj("email", "password", "password_confirm")
    registration = understand(document(LOGIN | {"/register": post(body)})).registration
    assert registration.password == ("password",)
    assert registration.repetitions == (("password_confirm",),)


@pytest.mark.parametrize(
    "paths",
    [
        {"/users": post(obj("email", "password"), security=[{"bearer": []}])},
        {"/users/me/password": post(obj("email", "current_password", "password"))},
        {"/users/{id}": post(obj("email", "password"))},
        {"/things": post(obj("name"))},
    ],
)
def test_no_registration(paths):
    assert understand(document(LOGIN | paths)).registration is None


ACCOUNT = obj("id", "email")


def get(answer, **more):
    return {"get": {"responses": answers(answer)} | more}


@pytest.mark.parametrize(
    ("paths", "label"),
    [
        ({"/users/me": get(ACCOUNT)}, "GET /users/me"),
        ({"/user": get(ACCOUNT)}, "GET /user"),
        ({"/profile": get(ACCOUNT), "/whoami": get(ACCOUNT)}, "GET /whoami"),
        ({"/auth/login": post(CREDENTIALS, TOKEN), "/auth/profile": {"get": {}}}, "GET /auth/profile"),
        ({"/auth/login": post(CREDENTIALS, TOKEN), "/site/profile": {"get": {}}}, None),
        ({"/users": get({"type": "array", "items": ACCOUNT})}, None),
        ({"/me": get({"type": "array", "items": ACCOUNT})}, None),
        ({"/users/{id}/me": get(ACCOUNT)}, None),
        ({"/dashboard": get(obj("charts"))}, None),
        (
            {
                "/api/user": get({}, security=[{"t": []}])
                | {"put": post(obj("bio"), security=[{"t": []}])["post"]}
            },
            "GET /api/user",
        ),
        ({"/api/user": get({}, security=[{"t": []}])}, None),
    ],
)
def test_me(paths, label):
    me = understand(document(paths)).me
    assert (me and me.label) == label


GUARDED = {"security": [{"key": []}]}


def test_a_guard_that_stands_on_everything_says_nothing():
    body = obj("username", "password", "access")
    body["properties"]["access"]["readOnly"] = True
    paths = {
        "/token/": post(body, body, **GUARDED),
        "/users/": post(obj("email", "password"), ACCOUNT, **GUARDED),
    }
    contract = understand(document(paths))
    assert contract.login.operation.label == "POST /token/"
    assert contract.login.token == ("access",)
    assert contract.registration.operation.label == "POST /users/"


def test_a_login_that_names_other_schemes_does_not_ask_for_its_own_token():
    # Django REST lists the authenticators of a session at a view that has none of its own.
    session, token = [{"cookie": []}, {"basic": []}], [{"token": []}]
    paths = {
        "/user/token": post(CREDENTIALS, security=session),
        "/user/create": post(obj("email", "password", "name"), security=[*session, {}]),
        "/things": get({"type": "array", "items": obj("id")}, security=token),
    }
    contract = understand(document(paths))
    assert contract.login.operation.path == "/user/token"
    assert contract.registration.operation.path == "/user/create"
    assert understand(document(paths | {"/user/token": post(CREDENTIALS, security=token)})).login is None


def test_who_makes_accounts_with_a_token_only():
    paths = LOGIN | {"/users": post(obj("email", "password"), ACCOUNT, **GUARDED)}
    contract = understand(document(paths))
    assert contract.registration is None
    assert [one.operation.label for one in contract.admissions] == ["POST /users"]


def test_logins_side_by_side_the_likeliest_first():
    paths = {"/admin/auth/login": post(CREDENTIALS, TOKEN), "/auth/login": post(CREDENTIALS, TOKEN)}
    contract = understand(document(paths))
    assert [one.operation.path for one in contract.logins] == ["/auth/login", "/admin/auth/login"]
    assert contract.login is contract.logins[0]


def test_a_login_by_http_basic():
    schemes = {"basic": {"type": "http", "scheme": "basic"}}
    paths = {"/login": post(answer=TOKEN, security=[{"basic": []}]), "/a": {"get": {}}}
    login = understand(document(paths, components={"securitySchemes": schemes})).login
    assert login.style == "basic"
    assert "by HTTP Basic" in login.reason


def test_a_login_that_answers_a_text():
    assert understand(document({"/authenticate": post(CREDENTIALS, {"type": "string"})})).login.token == ()


def test_a_token_in_a_schema_that_is_called_so():
    paths = {"/login": post(CREDENTIALS, {"$ref": "#/components/schemas/Token"})}
    assert understand(document(paths, {"Token": obj("key")})).login.token == ("key",)


def test_a_second_step_is_told():
    paths = {
        "/login": post(obj("email", "password"), obj("message")),
        "/verify-otp": post(obj("email", "otp"), TOKEN),
    }
    login = understand(document(paths)).login
    assert login.token is None
    assert "POST /verify-otp takes a code and answers one" in login.reason


def test_names_in_another_language():
    account = {"type": "object", "properties": {"id": {}, "matricula": {}, "email": {}}}
    paths = {
        "/entrar": post(obj("matricula", "clave"), obj("token")),
        "/usuarios": post(obj("matricula", "clave", "nombre"), account),
        "/usuarios/yo": get(account, **GUARDED),
    }
    contract = understand(document(paths))
    assert contract.login.identifier == contract.registration.identifier == ("matricula",)
    assert contract.registration.operation.label == "POST /usuarios"
    assert contract.me.label == "GET /usuarios/yo"
    assert contract.me_reason.startswith("GET /usuarios/yo: ")


def test_a_misspelled_password_that_is_wanted_twice():
    body = obj("email", "passsword", "confirm_password")
    registration = understand(document(LOGIN | {"/register": post(body)})).registration
    assert registration.password == ("passsword",)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"type": "http", "scheme": "Bearer"}, ("http", "header", "Authorization", "bearer")),
        ({"type": "basic"}, ("http", "header", "Authorization", "basic")),
        ({"type": "apiKey", "in": "header", "name": "X-API-Key"}, ("apiKey", "header", "X-API-Key", "")),
        ({"type": "apiKey", "in": "cookie", "name": "sid"}, ("apiKey", "cookie", "sid", "")),
        (
            {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": 'required prefix "Token"',
            },
            ("apiKey", "header", "Authorization", "Token"),
        ),
        (
            {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": 'E.g. "Bearer {token}"',
            },
            ("apiKey", "header", "Authorization", "Bearer"),
        ),
        (
            {"type": "apiKey", "in": "header", "name": "authorization"},
            ("apiKey", "header", "authorization", ""),
        ),
        ({"type": "oauth2", "flows": {}}, ("oauth2", "header", "Authorization", "bearer")),
    ],
)
def test_security_schemes(raw, expected):
    paths = {"/a": {"get": {"security": [{"one": []}]}}}
    contract = understand(document(paths, components={"securitySchemes": {"one": raw}}))
    (scheme,) = contract.schemes
    assert (scheme.kind, scheme.location, scheme.parameter, scheme.scheme) == expected
    assert contract.operations[0].schemes == ("one",)


def test_a_second_login_is_no_registration():
    paths = {"/auth/login": post(CREDENTIALS, TOKEN), "/auth/login/form": post(CREDENTIALS, TOKEN, FORM)}
    assert understand(document(paths)).registrations == ()
