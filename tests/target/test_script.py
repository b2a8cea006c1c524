"""The script of a finding runs as copied and shows the same again, with users and rows of its own and no secret."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance import catalogue
from compliance.catalogue import Outcome
from compliance.run import judge
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from tests.plugin.service import Service, watched

RULES = '''
"""Of these tests: each finds fault with something that the service does rightly."""

from compliance.catalogue import Level, Phase, Violation, rule
from compliance.contract.subjects import service


def users(target):
    return next(r for r in target.contract.resources if r.collection.endswith("/users"))


def things(target):
    return next(r for r in target.contract.resources if r.collection.endswith("/products"))


@rule("OWN-001", "Nobody reads", level=Level.MUST, subjects=service, phase=Phase.READ)
def nobody_reads(target, _):
    """Why: -

    Breaks: -

    Conforms: -
    """
    raise Violation("reads", "401", "200", [target.call(target.contract.me, target.alice)])


@rule("OWN-002", "Nobody reads what another made", level=Level.MUST, subjects=service, phase=Phase.WRITE)
def nobody_reads_anothers(target, _):
    """Why: -

    Breaks: -

    Conforms: -
    """
    row = target.create(things(target), target.alice)
    raise Violation("reads", "404", "200", [target.call(things(target).read, target.bob, row.values)])


@rule("OWN-003", "Nobody registers", level=Level.MUST, subjects=service, phase=Phase.WRITE)
def nobody_registers(target, _):
    """Why: -

    Breaks: -

    Conforms: -
    """
    raise Violation("registers", "403", "201", [target.account("dora").exchange])


@rule("OWN-004", "A wrong id is found", level=Level.MUST, subjects=service, phase=Phase.READ)
def a_wrong_id_is_found(target, _):
    """Why: -

    Breaks: -

    Conforms: -
    """
    raise Violation("404", "200", "404", [target.call(things(target).read, target.alice, {"product_id": 2000000011})])
'''
TEXT = "# Own\n" + "".join(
    f"\n## OWN-00{number} (MUST) {title}\n\nOrigin: tests.\n\nText.\n"
    for number, title in enumerate(
        ("Nobody reads", "Nobody reads what another made", "Nobody registers", "A wrong id is found"), 1
    )
)
#: The last answer that each script must print.
EXPECTED = {"OWN-001": "200", "OWN-002": "200", "OWN-003": "201", "OWN-004": "404"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with watched(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture(scope="module")
def scripts(service: Service, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("standard")
    package = folder / "standard_with_findings"
    for name in ("standard", "rules"):
        (package / name).mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "rules" / "__init__.py").touch()
    (package / "standard" / "own.md").write_text(TEXT)
    (package / "rules" / "own.py").write_text(RULES)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        book = catalogue.load([package.name])
        document = fetch_document(service.url, str(service.larger_document))
        run = judge(book, document, service.url, Grants(writes=True))
    assert [result.outcome for result in run.results] == [Outcome.VIOLATION] * 4, run.results
    return {result.rule.id: result.script for result in run.results}


@pytest.mark.parametrize(("name", "status"), EXPECTED.items(), ids=EXPECTED.keys())
def test_a_script_shows_the_finding_again(
    service: Service, scripts: dict[str, str], name: str, status: str, tmp_path: Path
) -> None:
    (tmp_path / "again.py").write_text(scripts[name])
    try:
        for _ in range(2):  # it makes its own users, so that it runs as often as one likes
            done = subprocess.run(
                [sys.executable, "-W", "error", "again.py"],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, scripts[name] + done.stderr
            assert done.stdout.splitlines()[0].startswith(f"{status} "), scripts[name] + done.stdout
    finally:
        service.clear()


def test_no_script_holds_a_secret_of_the_run(service: Service, scripts: dict[str, str]) -> None:
    text = "\n".join(scripts.values())
    assert "eyJ" not in text
    assert [secret for secret in service.secrets() if secret in text] == []
