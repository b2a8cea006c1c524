"""Two answers that say the same, whatever passes between them."""

import json

import pytest

from compliance.target.likeness import gist
from compliance.target.tape import Exchange


def answer(body, status=401):
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Exchange("alice", "", "POST", "http://x/login", (), b"", status, (), raw)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"detail": "no"}, {"detail": "no"}, id="the same"),
        pytest.param(
            {"detail": "no", "request_id": "a1"}, {"detail": "no", "request_id": "b2"}, id="by name"
        ),
        pytest.param({"e": {"traceId": 1, "m": "no"}}, {"e": {"traceId": 2, "m": "no"}}, id="inside"),
        pytest.param(
            {"m": "no (2026-11-23T13:00:00.123Z)"}, {"m": "no (2026-11-23T13:00:01+00:00)"}, id="a time"
        ),
        pytest.param({"m": "no", "at": 1795440000}, {"m": "no", "at": 1795440007}, id="seconds"),
        pytest.param(
            {"m": "see 0f8fad5b-d9cb-469f-a165-70867728950e"},
            {"m": "see 7c9e6679-7425-40de-944b-e07fc1f90ae7"},
            id="a uuid",
        ),
        pytest.param("<p>no</p><i>4bf92f3577b34da6a3</i>", "<p>no</p><i>00f067aa0ba902b7aa</i>", id="a page"),
        pytest.param({"m": "no ann@x.example"}, {"m": "no bob@x.example"}, id="what was sent"),
    ],
)
def test_what_passes_is_no_difference(one, other):
    sent = ("ann@x.example", "bob@x.example")

    assert gist(answer(one), sent) == gist(answer(other), sent)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"detail": "no such user"}, {"detail": "wrong password"}, id="words"),
        pytest.param({"code": 1001}, {"code": 1002}, id="codes"),
        pytest.param({"detail": "no"}, {"detail": "no", "hint": "reset it"}, id="a field more"),
    ],
)
def test_what_is_said_is_one(one, other):
    assert gist(answer(one)) != gist(answer(other))
    assert gist(answer(one)) != gist(answer(one, 404))


def test_numbers_may_be_left_out():
    left = [gist(answer({"detail": f"{number} attempts left"}), numbers=False) for number in (4, 3)]

    assert left[0] == left[1]
