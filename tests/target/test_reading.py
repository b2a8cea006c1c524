"""What is read as a document, and what a hostile one costs: counted in bytes and values, never in time."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance.target import download, reading
from compliance.target.document import fetch_document
from compliance.target.errors import TargetError
from compliance.target.reading import read, read_document
from tests.target.web import BASE, SMALL, Web, as_json

TEXT = json.dumps({"openapi": "3.1.0", "info": {"title": "Bücher"}, "paths": {}})
LAUGHS = "\n".join(
    ["a0: &a0 [lol]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
)
MERGES = "\n".join(
    ["a0: &a0 {k: v}"] + [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 12)]
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", [TEXT, "openapi: 3.1.0\ninfo: {title: Bücher}\npaths: {}\n"])
def test_encodings_of_unicode(text: str, encoding: str) -> None:
    assert read_document(text.encode(encoding), "x").content == json.loads(TEXT)


REFUSED = {
    "nothing": (b"", "is empty"),
    "blanks": (b" \n\n", "is empty"),
    "half": (b'{"openapi"', "broken JSON"),
    "an array": (b"[1]", "no field named openapi or swagger"),
    "other JSON": (b'{"paths": {}}', "no field named openapi or swagger"),
    "another language": (TEXT.replace("ü", "\\u00fc").encode().replace(b"B", b"\xff", 1), "not UTF-8"),
    "latin-1": (TEXT.replace("\\u00fc", "ü").encode("latin-1"), "not UTF-8: .* at byte"),
    "not a number": (b'{"openapi": "3.1.0", "x": NaN}', "broken JSON: NaN is no value of JSON"),
    "a long number": (b'{"openapi": ' + b"9" * 5000 + b"}", "broken JSON"),
    "a page": (b"<!doctype html><p>color: red</p>", "page of HTML"),
    "half of YAML": (b"openapi: [", "broken YAML"),
    "two of YAML": (b"openapi: 3.1.0\n---\nopenapi: 3.1.0\n", "broken YAML.*single document"),
    "a tag": (
        b"openapi: !!python/object/apply:os.system [ls]\n",
        "broken YAML.*could not determine a constructor",
    ),
    "a key that is a list": (b"openapi: 3.1.0\n? [a]\n: b\n", "broken YAML.*unhashable"),
    "control characters": (b"openapi: \x01\n", "broken YAML"),
    "plain text": (b"just text", "neither JSON nor YAML"),
    "depth": (b"[" * 100_000, "nested more than 200 levels"),
    "balanced depth": (b'{"openapi": ' + b"[" * 300 + b"]" * 300 + b"}", "nested more than 200 levels"),
    "depth of YAML": (b"openapi: " + b"[" * 5_000, "nested more than 200 levels"),
    "many values": (b"[" + b"1," * 3_000_001 + b"1]", "more than 3,000,000 values"),
    "laughs": (f"openapi: 3.1.0\n{LAUGHS}\n".encode(), "more than 1,000,000 values"),
    "merged laughs": (f"openapi: 3.1.0\n{MERGES}\n".encode(), "more than 1,000,000 values"),
    "a circle": (b"openapi: &a [*a]\n", "contains itself"),
}


@pytest.mark.parametrize(("body", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(TargetError, match=words) as raised:
        read_document(body, "the place")
    assert "the place" in str(raised.value)
    assert len(str(raised.value)) < 400


def test_laughs_are_counted_before_a_value_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    monkeypatch.setattr(yaml, "load", lambda *_, **__: pytest.fail("made"))
    for text in (LAUGHS, MERGES):
        with pytest.raises(TargetError, match="values"):
            read(text.encode(), "x")


def test_aliases_within_reason_are_written_out() -> None:
    text = "a: &a {b: [1, 2]}\nc: *a\nd: {<<: *a, e: 3}\n"
    content = read(text.encode(), "x").content
    assert content == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}, "d": {"b": [1, 2], "e": 3}}
    assert content["a"] is not content["c"]


def test_yaml_is_read_as_json_would_have_it() -> None:
    text = "200: a\non: b\n~: c\nversion: 2026-11-23\nsets: !!set {x}\nbytes: !!binary aGk=\nmost: .inf\n"
    assert read(text.encode(), "x").content == {
        "200": "a",
        "true": "b",
        "null": "c",
        "version": "2026-11-23",
        "sets": ["x"],
        "bytes": "hi",
        "most": "inf",
    }


def test_a_name_that_is_there_twice_is_noted() -> None:
    text = read(b'{"openapi": "3.1.0", "paths": {"/a": 1, "/a": 2}}', "the place")
    assert text.content["paths"] == {"/a": 2}
    assert text.notes == ("the place names '/a' twice in one object; the last one is read",)


def test_a_large_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = tmp_path / "a.json"
    with large.open("wb") as file:
        file.truncate(reading.LARGEST + 1)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read"))
    with pytest.raises(TargetError, match="has 50,000,001 bytes; the kit reads at most 50,000,000"):
        fetch_document(BASE, str(large))


def test_a_body_without_an_end_is_left_when_it_is_too_much(web: Web) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 1_000_000
            yield b" " * 1_000_000

    web.pages["/openapi.json"] = (endless, "application/json")
    with pytest.raises(TargetError, match="more than 50,000,000 bytes"):
        fetch_document(BASE)
    assert sent == 51_000_000


def test_a_bomb_is_unpacked_no_further_than_the_bound(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    packed, given = gzip.compress(bytes(200_000_000), 9), 0
    real = download._unpacked

    def counted(*arguments: object) -> Iterator[bytes]:
        nonlocal given
        for piece in real(*arguments):
            given += len(piece)
            assert len(piece) <= 1 << 20
            yield piece

    monkeypatch.setattr(download, "_unpacked", counted)
    web.pages["/openapi.json"] = (packed, {"content-type": "application/json", "content-encoding": "gzip"})
    with pytest.raises(TargetError, match="more than 50,000,000 bytes"):
        fetch_document(BASE)
    assert given < 52_000_000


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_packed_document(web: Web, encoding: str, pack) -> None:
    body = pack(json.dumps(SMALL).encode())
    web.pages["/openapi.json"] = (body, {"content-encoding": encoding})
    assert fetch_document(BASE) == SMALL
    assert web.requests[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "zstd"])
def test_packed_in_a_way_that_nobody_asked_for(web: Web, encoding: str) -> None:
    web.pages["/openapi.json"] = (b"x", {"content-encoding": encoding})
    with pytest.raises(TargetError, match=f"comes as {encoding}, and the kit asked for gzip"):
        fetch_document(BASE)


def test_a_body_that_drips_is_left_after_two_minutes(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def drip() -> Iterator[bytes]:
        nonlocal now
        while True:
            now += 10
            yield b" "

    monkeypatch.setattr(download.time, "monotonic", lambda: now)
    web.pages["/openapi.json"] = (drip, "application/json")
    with pytest.raises(TargetError, match=r"not to be had within 120 seconds.*--openapi=FILE"):
        fetch_document(BASE)
    assert now == 130


def test_an_event_stream_is_not_waited_for(web: Web) -> None:
    def never() -> Iterator[bytes]:
        pytest.fail("read")
        yield b""

    web.pages = {"/docs": (never, "text/event-stream"), "/v3/api-docs": as_json(SMALL)}
    assert fetch_document(BASE) == SMALL
