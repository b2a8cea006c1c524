"""The header WWW-Authenticate, taken apart."""

import pytest

from compliance.target.challenges import Challenge, parsed


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Bearer", [Challenge("bearer")]),
        ('Bearer realm="api"', [Challenge("bearer", {"realm": "api"})]),
        ('bearer error="invalid_token"', [Challenge("bearer", {"error": "invalid_token"})]),
        ("Bearer error=invalid_token", [Challenge("bearer", {"error": "invalid_token"})]),
        ('BEARER Error = "invalid_token"', [Challenge("bearer", {"error": "invalid_token"})]),
        (
            'Bearer realm="a, b", error="invalid_token", error_description="say \\"please\\""',
            [
                Challenge(
                    "bearer",
                    {"realm": "a, b", "error": "invalid_token", "error_description": 'say "please"'},
                )
            ],
        ),
        ('Basic realm="x", Bearer', [Challenge("basic", {"realm": "x"}), Challenge("bearer")]),
        (
            'Bearer, Basic realm="x", Bearer error="invalid_token"',
            [
                Challenge("bearer"),
                Challenge("basic", {"realm": "x"}),
                Challenge("bearer", {"error": "invalid_token"}),
            ],
        ),
        ("Negotiate YII+/abc==", [Challenge("negotiate")]),
        ("Negotiate YII+/abc==, Bearer", [Challenge("negotiate"), Challenge("bearer")]),
        (' , Token realm="twin" ,', [Challenge("token", {"realm": "twin"})]),
        ("", []),
        ('"what is this"', []),
        ('Bearer error="never closed', [Challenge("bearer")]),
        (
            'Bearer realm="x" error="invalid_token"',
            [Challenge("bearer", {"realm": "x", "error": "invalid_token"})],
        ),
    ],
)
def test_challenges_are_read_as_the_protocol_writes_them(line: str, expected: list[Challenge]):
    assert list(parsed(line)) == expected
