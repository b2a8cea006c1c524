"""What is installed from the wheel works by itself: the checkout is not in reach."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PATIENCE = 120
#: Without what other plugins say and write.
PLAIN = ("-p", "no:asyncio", "-p", "no:cacheprovider")
#: Runs the kit as `python -m pytest` does, then tells where its modules came from and what its catalogue holds.
WITNESS = """
import sys
import pytest

status = pytest.main(sys.argv[1:])
import compliance, compliance.plugin, fastapi_compliance_pytest, reference_app
from compliance.catalogue import load
from compliance.report.document import schema
from compliance.target.guessing import known

for module in (compliance, compliance.plugin, fastapi_compliance_pytest, reference_app):
    print("from", module.__file__)
print("words", len(known()) > 10_000)
print("rules", len(load().rules), "schema", schema()["type"])
sys.exit(status)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody listens at, and that nobody else can take meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def run_from(folder: Path, packages: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in that folder, with these packages before the editable install of the checkout."""
    ours = ("COMPLIANCE_", "PYTEST_", "PYTHON", "COV_")
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=surroundings | {"PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_it_holds_what_the_kit_reads_and_nothing_of_the_tests(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    read = [*(ROOT / "compliance/standard").iterdir(), *(ROOT / "reference_app/alembic").rglob("*")]
    expected = {
        str(path.relative_to(ROOT)) for path in read if path.suffix in (".md", ".toml", ".py", ".mako")
    }
    expected |= {"compliance/report/schema.json", "compliance/configuration/schema.json"}
    expected |= {"compliance/py.typed", "reference_app/py.typed", "reference_app/faults.toml"}
    page = ROOT / "compliance/report/kinds/html"
    expected |= {
        str(path.relative_to(ROOT)) for path in page.rglob("*") if path.suffix in (".html", ".css", ".js")
    }

    assert "compliance/standard/unruled.toml" in expected
    assert "compliance/report/kinds/html/templates/page.html" in expected
    assert [name for name in expected if name.startswith("reference_app/alembic/versions/")]
    assert expected - held == set()
    packages = {name.partition("/")[0] for name in held if ".dist-info/" not in name}
    assert packages == {"compliance", "reference_app", "fastapi_compliance_pytest.py"}
    assert [name for name in held if "__pycache__" in name or "test" in Path(name).name.split("_")] == []


def test_pytest_finds_it_and_says_in_one_line_what_is_wrong(unpacked: Path, tmp_path: Path, closed_port: int):
    url = f"http://127.0.0.1:{closed_port}"
    run = run_from(tmp_path, unpacked, "-m", "pytest", *PLAIN, f"--target-url={url}")

    assert run.returncode == pytest.ExitCode.USAGE_ERROR, run.stdout + run.stderr
    said = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
    assert len(said) == 1, said
    assert said[0].startswith(f"ERROR: compliance: nothing answers at {url}/")
    assert list(tmp_path.iterdir()) == []


def test_its_own_modules_do_the_work_and_its_catalogue_loads(
    unpacked: Path, tmp_path: Path, closed_port: int
):
    url = f"http://127.0.0.1:{closed_port}"
    run = run_from(tmp_path, unpacked, "-c", WITNESS, *PLAIN, f"--target-url={url}")

    assert run.returncode == pytest.ExitCode.USAGE_ERROR, run.stdout + run.stderr
    lines = run.stdout.splitlines()
    came_from = [Path(line.removeprefix("from ")) for line in lines if line.startswith("from ")]
    assert [path for path in came_from if not path.is_relative_to(unpacked)] == []
    assert len(came_from) == 4
    rules = sum(
        line.startswith("@rule(")
        for module in (unpacked / "compliance/rules").rglob("*.py")
        for line in module.read_text(encoding="utf-8").splitlines()
    )
    assert lines[-1] == f"rules {rules} schema object"
    assert rules > 0
