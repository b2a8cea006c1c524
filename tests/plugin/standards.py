"""A further standard with a rule that crashes after it made a row, one that must fail and one that should."""

from __future__ import annotations

import pytest

TEXT = """\
# Of our own

## OWN-001 (MUST) A rule may crash

Origin: these tests.

It does.
"""
RULES = '''
"""Of our own."""

from compliance.catalogue import Level, Need, Phase, rule
from compliance.contract.subjects import service


@rule("OWN-001", "A rule may crash", level=Level.MUST, subjects=service, phase=Phase.WRITE, needs={Need.WRITES})
def it_crashes(target, _):
    """Why: nobody is perfect.

    Breaks: this

    Conforms: that
    """
    account = target.account("dora")
    raise KeyError(account.owner.password)
'''


def install(pytester: pytest.Pytester, name: str) -> None:
    """Make a package of that name in the folder of the run."""
    package = pytester.mkpydir(name)
    (package / "standard").mkdir()
    (package / "standard" / "own.md").write_text(TEXT)
    (package / "rules").mkdir()
    (package / "rules" / "__init__.py").write_text('"""Rules."""\n')
    (package / "rules" / "own.py").write_text(RULES)
