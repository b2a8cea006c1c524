"""Judge the reference as anyone would: served over HTTP on a database of its own, by `pytest --target-url=…`.

Arguments go to pytest. The exit status is pytest's.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reference_app.core.config import Settings

ADMIN = "admin@example.com"
ATTEMPTS = 3  # another process may take the free port before the server does
SECONDS_TO_START = 60


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    signing_key, password = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
    with tempfile.TemporaryDirectory(prefix="compliance-") as name:
        folder = Path(name)
        environment = clean_environment() | {
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'reference.db'}",
            "SECRET_KEY": signing_key,
            "REFERENCE_SUPERUSER_PASSWORD": password,
        }
        command = [sys.executable, "-m", "reference_app.cli", "create-superuser", f"--email={ADMIN}"]
        subprocess.run(command, cwd=folder, env=environment, check=True)
        with serving(folder, environment) as url:
            known = {
                "COMPLIANCE_ADMIN_USERNAME": ADMIN,
                "COMPLIANCE_ADMIN_PASSWORD": password,
                "COMPLIANCE_SIGNING_KEY": signing_key,
            }
            return judge(url, folder, clean_environment() | known, arguments)


def clean_environment() -> dict[str, str]:
    """The environment without whatever would configure the reference or the kit."""
    settings = {field.upper() for field in Settings.model_fields}
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper() not in settings and not name.startswith(("COMPLIANCE_", "PYTEST_", "COV_"))
    }


@contextmanager
def serving(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The URL of the reference, served from that folder until the block ends."""
    log = folder / "server.log"
    for _ in range(ATTEMPTS):
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "reference_app.main:app",
            "--host=127.0.0.1",
            f"--port={port}",
        ]
        with log.open("wb") as output:
            server = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for pytest, which cleans up while the server still answers
            )
        with stopping(server):
            if is_up(server, url):
                yield url
                return
    raise SystemExit(f"The reference did not start:\n{log.read_text(errors='replace')}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_up(server: subprocess.Popen[bytes], url: str) -> bool:
    """Whether the server answers; asks until it does, has ended or took too long."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + SECONDS_TO_START
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with direct.open(f"{url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False


def judge(url: str, folder: Path, environment: Mapping[str, str], arguments: list[str]) -> int:
    """Run pytest from an empty folder, as a project without any configuration would."""
    empty = folder / "elsewhere"
    empty.mkdir()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:asyncio",
        f"--target-url={url}",
        *arguments,
    ]
    pytest = subprocess.Popen(command, cwd=empty, env=environment, stdin=subprocess.DEVNULL)
    with stopping(pytest):
        try:
            return pytest.wait()
        except KeyboardInterrupt:  # pytest got it too
            return pytest.wait()


@contextmanager
def stopping(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
