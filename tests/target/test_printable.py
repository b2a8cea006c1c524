"""A URL in a message tells where, and nothing that somebody could use there."""

from __future__ import annotations

import pytest

from compliance.target.connection import Connection, printable
from compliance.target.document import find_document
from compliance.target.errors import TargetError
from tests.target.web import BASE, Web


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://me:hunter22@example.org:8443/x", "https://example.org:8443/x"),
        ("https://hunter22@example.org", "https://example.org"),
        ("https://example.org/x?api_key=hunter22&page=1", "https://example.org/x?api_key=…&page=…"),
        ("https://example.org/x?hunter22", "https://example.org/x?…"),
        ("https://example.org/x?mail=hunter22@b", "https://example.org/x?mail=…"),
        ("https://example.org/x#access_token=hunter22", "https://example.org/x#access_token=…"),
        ("https://example.org/x#/components/a", "https://example.org/x#/components/a"),
        ("http://me:hunter22@[::1/x?key=hunter22", "http://[::1/x"),
        ("openapi.json", "openapi.json"),
    ],
)
def test_a_url_fit_to_be_printed(url: str, expected: str) -> None:
    assert printable(url) == expected


@pytest.mark.parametrize(
    "place", ["http://[::1", "ftp://h", "http://", f"{BASE}/nothing", "http://localhost:1"]
)
def test_no_message_about_a_document_holds_the_key_of_its_url(web: Web, place: str) -> None:
    with pytest.raises(TargetError) as complaint:
        find_document(Connection(BASE), f"{place}?api_key=hunter22")
    assert "hunter22" not in str(complaint.value)
