"""The pytest entry point: options and hooks only. The kit itself is imported when one of them is given."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

#: Judges the target of the configuration. Without it a configured target makes no run: `pytest` alone stays the project's own.
SWITCH = "--compliance"
#: The options that ask for a run, by their names in pytest.
ASKING = ("target_url", "target_app", "target_source", "compliance")
#: Option -> how it is parsed; `compliance check` takes the same ones. What is not given is None, so that the
#: environment and the file can say it.
OPTIONS: dict[str, dict[str, Any]] = {
    "--target-url": {"metavar": "URL", "help": "base URL of the running service to judge"},
    "--target-app": {
        "metavar": "MODULE:APP",
        "help": "application, or factory MODULE:create_app(), to serve and judge",
    },
    "--target-source": {
        "metavar": "DIR",
        "help": "root of the project whose code to judge, alone or beside the running service",
    },
    "--target-package": {
        "metavar": "NAME",
        "help": "the package that is the service, where that is not evident",
    },
    "--target-python": {
        "metavar": "PATH",
        "help": "interpreter with its packages: lets the application be imported to know it better",
    },
    "--target-ca": {
        "metavar": "PATH",
        "help": "certificates to trust, in PEM, for a service with one of its own",
    },
    "--openapi": {"metavar": "PATH_OR_URL", "help": "its OpenAPI document (default: found by itself)"},
    "--allow-writes": {
        "action": "store_true",
        "default": None,
        "help": "create, change and delete rows of the kit's own on the target",
    },
    "--allow-destructive": {
        "action": "store_true",
        "default": None,
        "help": "also send what may hurt: lockouts, huge bodies",
    },
    "--compliance-profile": {
        "metavar": "NAME",
        "help": "standard, strict (a SHOULD decides too) or read-only",
    },
    "--compliance-report": {
        "metavar": "KIND:PATH",
        "action": "append",
        "help": "write the result, e.g. json:result.json; the path - prints it",
    },
    "--compliance-waivers": {
        "metavar": "FILE",
        "help": "the waivers (default: compliance-waivers.toml, beside the configuration or here)",
    },
    "--no-waivers": {
        "action": "store_true",
        "default": None,
        "help": "leave the waivers aside",
    },
    "--compliance-baseline": {
        "metavar": "FILE",
        "help": "fail on violations only that this baseline does not know",
    },
    "--compliance-seed": {
        "metavar": "N",
        "help": "seed of the generated traffic (default 0)",
    },
    "--effort": {
        "metavar": "NAME",
        "help": "normal, or thorough: many times the generated requests",
    },
    "--compliance-standard": {
        "metavar": "PACKAGE",
        "action": "append",
        "help": "a further standard to judge by",
    },
    "--compliance-config": {
        "metavar": "FILE",
        "help": "the configuration (default: compliance.toml or [tool.compliance], here or above)",
    },
}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("compliance", "judge a service against the standard")
    for name, how in OPTIONS.items():
        group.addoption(name, **how)
    group.addoption(
        SWITCH, action="store_true", default=None, help="judge the target that the configuration names"
    )


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declared in every run: a conftest.py that defines them is there when nothing is judged, too."""
    import pytest

    class Hooks:
        """What a project's conftest.py may say to the kit in code."""

        @pytest.hookspec(firstresult=True)
        def pytest_compliance_actor(self, name: str, target_url: str) -> Any:  # noqa: ANN401 - see below
            """The credentials of alice, bob or admin: an httpx.Auth that signs every request, a dictionary, or None.

            The dictionary has `username` and `password`, to log in with or, where `basic` is true, to send with every
            request; or `token`, with `header`, `scheme` or `cookie` where it is no bearer token.
            """

        @pytest.hookspec(firstresult=True)
        def pytest_compliance_payload(self, operation: str, body: Any) -> Any:  # noqa: ANN401 - any JSON
            """The body to send in place of the one that the kit made for an operation, `POST /users`, or None.

            Asked for every body that is meant to be accepted: of registration, login, creates and updates.
            """

    pluginmanager.add_hookspecs(Hooks)


def pytest_configure(config: pytest.Config) -> None:
    if all(config.getoption(option) is None for option in ASKING):
        return
    plugin = _kit()
    config.pluginmanager.register(plugin.Judge(config), "compliance-judge")


def _kit() -> Any:  # noqa: ANN401 - its type would have to be imported
    """Our own package, also where the user's project has a folder of the same name on its path."""
    folder = str(Path(__file__).resolve().parent)
    for name in [n for n in sys.modules if n == "compliance" or n.startswith("compliance.")]:
        if not str(getattr(sys.modules[name], "__file__", "") or "").startswith(folder):
            del sys.modules[name]
    sys.path.insert(0, folder)
    try:
        import compliance.plugin
    finally:
        sys.path.remove(folder)
    return compliance.plugin
