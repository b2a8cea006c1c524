"""A temporary PostgreSQL server for tests: started on a free loopback port, gone afterwards.

with postgres_cluster() as server:
    url = create_database(server)
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CTYPE = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"  # so that lower() knows more than ASCII
ATTEMPTS = 3  # another process may take the free port before the server does

CONFIGURATION = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
max_connections = 100
fsync = off
synchronous_commit = off
full_page_writes = off
"""


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """Yield the URL of the maintenance database of a server that lives as long as the block."""
    programs = _programs()
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_parent_folder(account)))
    try:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        cluster = _Cluster(programs, folder, account)
        cluster.initialise()
        try:
            port = cluster.start()
            yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}/postgres"
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def create_database(server: str) -> str:
    """Create an empty database on the server that postgres_cluster() yielded; return its URL."""
    address, _, _ = server.rpartition("/")
    name = f"test_{uuid.uuid4().hex}"
    port = address.rpartition(":")[2]
    # fmt: off
    _run([_programs() / "createdb", "--host=127.0.0.1", f"--port={port}",
          "--username=postgres", "--template=template0", name])
    # fmt: on
    return f"{address}/{name}"


class _Cluster:
    def __init__(self, programs: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
        self.programs = programs
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.account = account

    def initialise(self) -> None:
        # fmt: off
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C",
                  f"--lc-ctype={CTYPE}", "--no-sync", "--pgdata", self.data)
        # fmt: on
        self.defaults = (self.data / "postgresql.conf").read_text()

    def start(self) -> int:
        for attempt in range(1, ATTEMPTS + 1):
            port = _free_port()
            settings = CONFIGURATION.format(port=port, folder=self.folder)
            (self.data / "postgresql.conf").write_text(self.defaults + settings)
            try:
                self._pg_ctl("start", "--log", self.log)
            except RuntimeError as error:
                if attempt == ATTEMPTS:
                    raise RuntimeError(f"{error}\n{self.log.read_text()}") from error
            else:
                return port
        raise AssertionError("unreachable")

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self._pg_ctl("stop", "--mode=immediate")

    def _pg_ctl(self, *arguments: object) -> None:
        self._run("pg_ctl", "--pgdata", self.data, "--wait", "--timeout=60", *arguments)

    def _run(self, program: str, *arguments: object) -> None:
        _run([self.programs / program, *arguments], self.folder, self.account)


def _run(command: list[object], folder: Path | None = None, account: pwd.struct_passwd | None = None) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    result = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **identity,
    )
    if result.returncode:
        raise RuntimeError(f"{command[0]} exited with {result.returncode}:\n{result.stdout}")


def _programs() -> Path:
    """Return the folder that holds initdb, pg_ctl, postgres and createdb; without one skip or fail."""
    needed = ("initdb", "pg_ctl", "postgres", "createdb")
    for folder in _candidates():
        if all(os.access(folder / name, os.X_OK) for name in needed):
            return folder
    reason = f"PostgreSQL is not installed: no folder holds {', '.join(needed)}"
    if os.environ.get("REQUIRE_POSTGRESQL"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _candidates() -> Iterator[Path]:
    if found := shutil.which("initdb"):
        yield Path(found).parent
        yield Path(found).resolve().parent
    if found := shutil.which("pg_config"):
        answer = subprocess.run([found, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(answer.stdout.strip())
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda path: (len(path.parent.name), path.parent.name), reverse=True)


def _account() -> pwd.struct_passwd | None:
    """Return whom to run as when we are root, whom PostgreSQL refuses to serve."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.fail("tests run as root and there is neither a user postgres nor a user nobody", pytrace=False)


def _parent_folder(account: pwd.struct_passwd | None) -> str | None:
    """Return a temporary folder that the account can enter (root's own is often closed to others)."""
    if account is None:
        return None
    for name in (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm"):
        path = Path(name).resolve()
        if path.is_dir() and all(part.stat().st_mode & 0o001 for part in (path, *path.parents)):
            return str(path)
    pytest.fail(f"no temporary folder that {account.pw_name} can enter", pytrace=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
