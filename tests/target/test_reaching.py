"""Certificates, proxies and what is said where nothing answers; every server is real and on loopback."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from compliance.target.client import Client
from compliance.target.connection import Connection, proxy_for
from compliance.target.document import fetch_document
from compliance.target.errors import TargetError
from compliance.target.tape import Tape
from compliance.target.wire import Request
from compliance.traffic.wire import Wire
from tests.target.web import SMALL

DOCUMENT = b'{"openapi": "3.1.0", "info": {}, "paths": {"/things": {"get": {}}}}'
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
)
Answer = Callable[[bytes], bytes]


def document_for_all(request: bytes) -> bytes:
    return ANSWER % (len(DOCUMENT), DOCUMENT)


class Server(ThreadingTCPServer):
    """Answers each request, read to the end of its headers, by a function; keeps the first lines."""

    daemon_threads = True

    def __init__(self, answer: Answer, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.context = answer, context
        self.lines: list[bytes] = []
        self.port = self.server_address[1]


class Handler(StreamRequestHandler):
    server: Server

    def setup(self) -> None:
        if self.server.context:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        if self.rfile.peek(1)[:1] == b"\x16":  # what TLS begins with
            self.wfile.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return
        request = b""
        while b"\r\n\r\n" not in request and (line := self.rfile.readline(10_000)):
            request += line
        self.server.lines.append(request.partition(b"\r\n")[0])
        self.wfile.write(self.server.answer(request))

    def finish(self) -> None:
        super().finish()
        self.request.close()


@contextmanager
def running(answer: Answer = document_for_all, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    with Server(answer, context) as server:
        # A client that refuses a certificate hangs up in the middle of the handshake, which is the point here.
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    with ExitStack() as stack:
        yield lambda *arguments: stack.enter_context(running(*arguments))


# -- certificates ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a self-signed certificate with its key in one file."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make certificates with")
    folder = tmp_path_factory.mktemp("certificates")

    def make(names: str = "DNS:localhost,IP:127.0.0.1", days: int = 2) -> Path:
        key, request, made = (folder / name for name in ("key.pem", "request.pem", "made.pem"))
        new = f"openssl req -new -newkey rsa:2048 -nodes -subj /CN=test -addext subjectAltName={names}"
        sign = f"openssl x509 -req -copy_extensions copy -days {days}"
        _run(f"{new} -keyout {key} -out {request}")
        _run(f"{sign} -in {request} -signkey {key} -out {made}")
        whole = folder / f"{abs(hash((names, days)))}.pem"
        whole.write_text(made.read_text() + key.read_text())
        return whole

    return make


def _run(command: str) -> None:
    subprocess.run(command.split(), check=True, capture_output=True)


def context_of(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="module")
def own(certificate: Callable[..., Path]) -> Path:
    return certificate()


def test_a_certificate_of_ones_own_is_trusted_when_it_is_named(start, own: Path, monkeypatch) -> None:
    server = start(document_for_all, context_of(own))
    for url in (f"https://127.0.0.1:{server.port}", f"https://localhost:{server.port}"):
        assert fetch_document(Connection(url, ca=str(own))) == SMALL
    with pytest.raises(
        TargetError, match=r"not trusted: self.signed certificate.*--target-ca=FILE, a PEM file"
    ):
        fetch_document(Connection(url))
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    assert fetch_document(Connection(url)) == SMALL


def test_the_rules_and_the_engine_trust_the_same(start, own: Path) -> None:
    server = start(document_for_all, context_of(own))
    connection = Connection(f"https://127.0.0.1:{server.port}", ca=str(own))
    client = Client(connection, Tape())
    assert client.send(Request("GET", "/things")).status == 200
    client.close()
    wire = Wire(connection, dict, lambda *_: True, lambda _: None)
    # The engine's own word on certificates does not count.
    assert wire.session().get(f"{connection.base_url}/things", verify=True).status_code == 200
    wire.close()


def test_a_certificate_that_another_file_holds(start, own: Path, certificate) -> None:
    server = start(document_for_all, context_of(own))
    other = certificate("DNS:other")
    with pytest.raises(TargetError, match=r"not trusted.*\.pem does not hold it, nor the authority"):
        fetch_document(Connection(f"https://127.0.0.1:{server.port}", ca=str(other)))


def test_a_certificate_that_has_expired(start, certificate) -> None:
    old = certificate(days=-1)
    server = start(document_for_all, context_of(old))
    with pytest.raises(TargetError, match=r"certificate has expired.*renewed.*--target-ca"):
        fetch_document(Connection(f"https://127.0.0.1:{server.port}", ca=str(old)))


def test_a_certificate_for_another_name(start, certificate) -> None:
    file = certificate("DNS:shop.example.org")
    server = start(document_for_all, context_of(file))
    with pytest.raises(
        TargetError, match=r"not valid for '127.0.0.1'.*Give --target-url with a name.*--target-ca"
    ):
        fetch_document(Connection(f"https://127.0.0.1:{server.port}", ca=str(file)))


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read: No such file"), ("no certificate", "holds no certificate")]
)
def test_a_file_that_holds_no_certificates(tmp_path: Path, content: str | None, words: str) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(TargetError, match=f"--target-ca={file} {words}"):
        fetch_document(Connection("https://127.0.0.1:1", ca=str(file)))


def test_tls_where_none_is_and_none_where_it_is(start, own: Path) -> None:
    plain, secure = start(), start(document_for_all, context_of(own))
    with pytest.raises(TargetError, match=rf"does not speak TLS: try http://127.0.0.1:{plain.port}"):
        fetch_document(Connection(f"https://127.0.0.1:{plain.port}"))
    with pytest.raises(TargetError, match=rf"no answer of HTTP.*try https://127.0.0.1:{secure.port}"):
        fetch_document(Connection(f"http://127.0.0.1:{secure.port}"))


# -- proxies ---------------------------------------------------------------------------------------------------

ELSEWHERE = "http://service.example.org:8123"


@pytest.fixture
def proxy(start, monkeypatch: pytest.MonkeyPatch) -> Server:
    server = start()
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://me:hunter22@127.0.0.1:{server.port}")
    return server


def test_another_host_is_reached_through_the_proxy_of_the_environment(proxy: Server) -> None:
    connection = Connection(ELSEWHERE)
    assert fetch_document(connection) == SMALL
    client = Client(connection, Tape())
    client.send(Request("GET", "/rule"))
    client.close()
    wire = Wire(connection, dict, lambda *_: True, lambda _: None)
    wire.session().get(f"{ELSEWHERE}/engine")
    wire.close()
    assert proxy.lines == [
        f"GET {ELSEWHERE}/{path} HTTP/1.1".encode() for path in ("openapi.json", "rule", "engine")
    ]


def test_this_machine_is_never_asked_of_a_proxy(proxy: Server, start) -> None:
    server = start()
    connection = Connection(f"http://127.0.0.1:{server.port}")
    assert fetch_document(connection) == SMALL
    wire = Wire(connection, dict, lambda *_: True, lambda _: None)
    wire.session().get(f"{connection.base_url}/engine")
    wire.close()
    assert proxy.lines == []


@pytest.mark.parametrize(
    ("no_proxy", "used"),
    [("", True), ("service.example.org", False), ("example.org", False), ("*", False), ("other.org", True)],
)
def test_hosts_that_need_no_proxy(proxy: Server, monkeypatch, no_proxy: str, used: bool) -> None:
    monkeypatch.setenv("no_proxy", no_proxy)
    assert bool(proxy_for(ELSEWHERE)) is used


def test_a_proxy_that_refuses(proxy: Server) -> None:
    proxy.answer = lambda _: b"HTTP/1.1 403 Not through me\r\nContent-Length: 0\r\n\r\n"
    with pytest.raises(TargetError) as raised:
        fetch_document(Connection("https://service.example.org"))
    said = str(raised.value)
    assert f"through the proxy http://127.0.0.1:{proxy.port} that the environment names" in said
    assert "403 Not through me" in said
    assert "NO_PROXY=service.example.org" in said
    assert "hunter22" not in said
    with pytest.raises(TargetError, match=r"403.*asked through the proxy http://127.0.0.1:"):
        fetch_document(Connection(ELSEWHERE))


def test_a_proxy_that_is_not_there_or_not_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with pytest.raises(TargetError, match=r"cannot be reached through the proxy http://127.0.0.1:1"):
        fetch_document(Connection(ELSEWHERE))
    monkeypatch.setenv("http_proxy", "gopher://127.0.0.1:1")
    with pytest.raises(
        TargetError, match=r"the proxy gopher://127.0.0.1:1 of the environment cannot be used"
    ):
        fetch_document(Connection(ELSEWHERE))


def test_a_netrc_makes_no_request_somebodys(proxy: Server, start, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "netrc").write_text("machine service.example.org login me password hunter22\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    seen: list[bytes] = []
    proxy.answer = lambda request: seen.append(request) or document_for_all(request)  # type: ignore[func-returns-value]
    wire = Wire(Connection(ELSEWHERE), dict, lambda *_: True, lambda _: None)
    wire.session().get(f"{ELSEWHERE}/engine")
    wire.close()
    assert b"\r\nauthorization:" not in seen[0].lower()


# -- nothing answers -------------------------------------------------------------------------------------------


def test_nothing_listens() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{holder.getsockname()[1]}"
        with pytest.raises(
            TargetError, match=rf"nothing answers at {url}/openapi.json.*Is the service running"
        ):
            fetch_document(Connection(url))


def test_a_service_that_takes_the_connection_and_stays_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(
            TargetError, match=rf"{url}/openapi.json does not answer: nothing came within 0.05 seconds"
        ):
            fetch_document(Connection(url, timeout=0.05))


def test_something_that_is_no_http(start) -> None:
    server = start(lambda _: b"220 mail.example.org ESMTP\r\n")
    with pytest.raises(TargetError, match=r"took the request and gave no answer of HTTP"):
        fetch_document(Connection(f"http://127.0.0.1:{server.port}"))


def test_a_host_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(
        TargetError, match=r"the host service.example.org of http:.* is not known.*written rightly"
    ):
        fetch_document(Connection(ELSEWHERE))


def test_the_timeout_of_the_connection_is_that_of_every_client() -> None:
    with Connection("http://127.0.0.1:1", timeout=7).open() as http:
        assert http.timeout == httpx.Timeout(7)
