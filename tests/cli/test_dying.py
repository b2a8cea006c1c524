"""A service that dies of a request: the report says of which one, what is left behind, and how to send it again."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from compliance import cli
from tests.actors.houses import House


class Mortal(House):
    """Dies when somebody who is logged in writes a note, the second time, or looks for it, as it is told."""

    has_me = False

    def __init__(self, method: str) -> None:
        super().__init__()
        self.method = method

    async def write(self, request):
        if self.method == "POST" and self.written and self.caller(request):
            os._exit(3)
        return await super().write(request)

    async def one_note(self, request):
        if self.method == request.method and self.caller(request):
            os._exit(3)
        return await super().one_note(request)


def serve_it(method: str, number: str) -> None:
    import uvicorn

    uvicorn.run(Mortal(method).app(), fd=int(number), log_level="critical")


@contextmanager
def mortal(method: str, folder: Path) -> Iterator[list[str]]:
    """What names the service on the command line; it listens before it starts, so that nobody need wait."""
    document = folder / "openapi.json"
    document.write_text(json.dumps(Mortal(method).document()))
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        code = "import sys; from tests.cli.test_dying import serve_it; serve_it(*sys.argv[1:])"
        number = str(door.fileno())
        process = subprocess.Popen([sys.executable, "-c", code, method, number], pass_fds=[door.fileno()])
    try:
        yield [url, f"--openapi={document}", f"--report=json:{folder / 'result.json'}"]
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("method", "path", "actor"), [("POST", "/notes", "alice"), ("DELETE", "/notes/2", "bob")]
)
def test_the_request_after_which_it_was_gone(
    method: str, path: str, actor: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with mortal(method, tmp_path) as named:
        assert cli.main(["check", *named, "--rule=RES-003", "--rule=ERR-001", "--rule=ACC-*"]) == 4
    shown = " ".join(capsys.readouterr().out.split())
    sentence = f"stopped answering after {method} {path} as {actor}: it takes no connection any more"
    assert f"gone {named[0]} {sentence}" in shown
    told = json.loads((tmp_path / "result.json").read_text())
    assert sentence in told["verdict"]["reasons"][0]
    assert f"{actor} sent {method} {named[0]}{path}" in told["gone"]
    assert f"service.request('{method}', " in told["gone"]
    assert f"{actor}_password" in told["gone"]
    assert any("/notes/1: http" in row for row in told["leftovers"])
    assert not told["missing"]
    reasons = {one["reason"] for one in told["results"] if one["outcome"] == "untested"}
    assert len([reason for reason in reasons if "stopped answering" in reason]) == 1
    assert "Traceback" not in shown


def test_one_that_dies_of_generated_traffic(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with mortal("GET", tmp_path) as named:
        assert cli.main(["check", *named, "--rule=CON-001"]) == 4
    shown = " ".join(capsys.readouterr().out.split())
    assert "stopped answering after GET /notes/" in shown
    assert "as carol" in shown
