"""A listener on this machine that only one token names: whoever comes was sent by whoever read that token."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from compliance.target.keypair import PUBLIC


class Listener:
    """An address for each thing that may be fetched, and which of them were."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._paths: dict[str, str] = {}
        self.heard: set[str] = set()

    def address(self, name: str) -> str:
        """An address that nobody can guess, known by that name."""
        path = f"/{secrets.token_hex(8)}/{name}"
        self._paths[path] = name
        return f"http://127.0.0.1:{self._port}{path}"

    def hear(self, path: str) -> None:
        if path in self._paths:
            self.heard.add(self._paths[path])


@contextlib.contextmanager
def listening() -> Iterator[Listener]:
    """Listen on a free port of the loopback interface while the context lasts. Answers the kit's own public key."""
    body = json.dumps({"keys": [PUBLIC]}).encode()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            listener.hear(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal of the run."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    listener = Listener(server.server_address[1])
    thread = threading.Thread(
        target=server.serve_forever, args=(0.05,), name="compliance-listener", daemon=True
    )
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
