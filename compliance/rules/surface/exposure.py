"""What lies beside the API: files of the deployment, and tools for operating it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from compliance.catalogue import Level, Phase, Untested, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import service
from compliance.target.reach import Target
from compliance.target.tape import Exchange
from compliance.target.wire import Request


@dataclass(frozen=True)
class Exposure:
    """A path that belongs to nobody's API, and what its content looks like where it is served all the same."""

    path: str
    content: re.Pattern[str]
    what: str


#: Files of the deployment, and tools that show its inside. The list is short on purpose: each is asked once.
FILES = (
    Exposure(
        "/.env", re.compile(r"^\s*(?:export )?[A-Z][A-Z0-9_]{2,}\s*=", re.MULTILINE), "a file of settings"
    ),
    Exposure("/.git/HEAD", re.compile(r"^(?:ref: refs/|[0-9a-f]{40}\s*$)"), "the repository of the code"),
    Exposure("/.git/config", re.compile(r"^\[core\]", re.MULTILINE), "the repository of the code"),
    Exposure("/docker-compose.yml", re.compile(r"^services:", re.MULTILINE), "a file of the deployment"),
    Exposure("/actuator/env", re.compile(r'"propertySources"'), "the environment of the process"),
    Exposure(
        "/console", re.compile(r"Interactive Console|EVALEX|Werkzeug Debugger"), "a console that runs code"
    ),
    Exposure("/debug/vars", re.compile(r'"(?:cmdline|memstats)"'), "the variables of the process"),
    Exposure(
        "/debug/pprof/", re.compile(r"profiles? (?:available|descriptions)", re.IGNORECASE), "a profiler"
    ),
    Exposure(
        "/env",
        re.compile(r'"?(?:PYTHONPATH|SECRET_KEY|DATABASE_URL|AWS_SECRET_ACCESS_KEY)"?\s*[:=]'),
        "the environment of the process",
    ),
)
#: Tools whose content is no secret in itself, and nobody's business.
TOOLS = (
    Exposure("/metrics", re.compile(r"^# (?:HELP|TYPE) \w+", re.MULTILINE), "the figures of the process"),
    Exposure("/actuator", re.compile(r'"_links"'), "the tools of the framework"),
    Exposure(
        "/server-status", re.compile(r"Apache (?:Server )?Status|Server uptime"), "the state of the server"
    ),
    Exposure("/__debug__/", re.compile(r"djdt|debug.?toolbar", re.IGNORECASE), "a debugger"),
    Exposure("/_debug_toolbar/", re.compile(r"debug.?toolbar", re.IGNORECASE), "a debugger"),
    Exposure(
        "/flower/", re.compile(r"Celery Flower|<title>Flower", re.IGNORECASE), "the queue of the workers"
    ),
)


@rule(
    "SUR-008",
    "No file or console of the deployment is served",
    level=Level.MUST,
    subjects=service,
    phase=Phase.READ,
)
def files_are_not_served(target: Target, _: Service) -> None:
    """
    Why: settings, environment and repository hold the keys to all the rest.

    Breaks: `app.mount("/", StaticFiles(directory="."))`

    Conforms: `app.mount("/static", StaticFiles(directory="static"))`
    """
    _must_be_closed(target, FILES)


@rule(
    "SUR-009",
    "Tools for operating the service are closed to strangers",
    level=Level.SHOULD,
    subjects=service,
    phase=Phase.READ,
)
def tools_are_closed(target: Target, _: Service) -> None:
    """
    Why: figures, queues and debuggers tell a stranger what runs there, how busy it is and where it is weak.

    Breaks: `Instrumentator().instrument(app).expose(app)` on the public port

    Conforms: the same on a port of its own, or behind a guard
    """
    _must_be_closed(target, TOOLS)


def _must_be_closed(target: Target, exposures: Iterable[Exposure]) -> None:
    """Raises Violation where a stranger is shown one of them by a path that the document has not."""
    documented = {operation.path.rstrip("/") for operation in target.contract.operations}
    refused: list[Exchange] = []
    for one in exposures:
        if one.path.rstrip("/") in documented:
            continue
        answer = target.send(Request("GET", one.path))
        if answer.ok and one.content.search(answer.text):
            raise Violation(
                f"{one.what} is open to strangers",
                "404, or a refusal",
                f"{answer.status} to {one.path}",
                [answer],
            )
        refused.append(answer)
    _must_be_alive(target, refused)


def _must_be_alive(target: Target, refused: list[Exchange]) -> None:
    """A service that serves nobody anything shows nothing by its silence."""
    if not any(exchange.ok for exchange in target.tape if exchange.operation) or not any(
        400 <= exchange.status < 500 for exchange in refused
    ):
        raise Untested("the service answers every path alike, so that its answers say nothing of these")
