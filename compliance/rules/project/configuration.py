"""Where the configuration comes from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from compliance.catalogue import Level, NotApplicable, Phase, rule
from compliance.result import Place
from compliance.source import Source
from compliance.source.modules import Module, called, last
from compliance.source.secrets import text_of
from compliance.source.subjects import whole
from compliance.source.within import is_started_alone

#: What differs between installations, by the last name of the call that needs it.
_CONFIGURED = frozenset(
    [
        "create_engine",
        "create_async_engine",
        "create_pool",
        "AsyncIOMotorClient",
        "AsyncMongoClient",
        "MongoClient",
        "Redis",
        "from_url",
        "init_beanie",
        "SessionMiddleware",
    ]
)
_KEYED = ("jwt.encode", "jwt.decode")
#: Modules that are there for the configuration, by a word of their name or of the folder that they lie in.
_PLACES = re.compile(
    r"^(config|configs|configuration|settings?|conf|env|environment)$|_(config|settings|conf|env)$|^(config|settings)_"
)
#: Modules that are no part of the running service.
_BESIDE = re.compile(r"^(cli|__main__|manage|main_cli|gunicorn\w*|commands?|scripts?)$")
#: Variables that say where the process runs and not how it is configured.
_OF_THE_SYSTEM = frozenset(
    [
        *("HOME", "PATH", "USER", "TMPDIR", "TERM", "CI", "TZ", "PWD", "HOSTNAME", "VIRTUAL_ENV"),
        *(
            "PYTEST_CURRENT_TEST",
            "PYTEST_VERSION",
            "AWS_LAMBDA_FUNCTION_NAME",
            "KUBERNETES_SERVICE_HOST",
            "K_SERVICE",
        ),
    ]
)
#: Addresses of what the service works with: databases, brokers, and whatever runs on the same machine.
_ADDRESS = re.compile(
    r"^(postgres(ql)?|mysql|mariadb|mssql|oracle|mongodb|redis|rediss|amqps?|kafka|memcached?|clickhouse|elasticsearch|nats|ldaps?)"
    r"(\+\w+)?://[^{}]+|^(https?|wss?)://(localhost|127\.0\.0\.1|\d+\.\d+\.\d+\.\d+)\b(?!:\{)",
    re.IGNORECASE,
)
#: Arguments whose texts only describe.
_DESCRIBING = frozenset(
    [
        "description",
        "summary",
        "example",
        "examples",
        "title",
        "help",
        "openapi_extra",
        "json_schema_extra",
        "responses",
        "pattern",
    ]
)


@rule(
    "PRJ-003",
    "Configuration is read from the environment",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def configuration_is_read_from_the_environment(source: Source, _: Source) -> None:
    """
    Why: what differs between two installations cannot be changed without changing the code, the password included.

    Breaks: a service that makes its engine and reads no variable anywhere

    Conforms: `class Settings(BaseSettings)`, or any other reading of the environment
    """
    read = source.environment.libraries or source.environment.reads or source.environment.settings
    if read:
        return
    if not source.applications:
        source.must_be_read()
        raise NotApplicable("no application is made here: what a library needs its user configures")
    needing = [place for module in source.index.modules.values() for place in _configured(source, module)]
    source.none_of(
        needing if not source.unread else [], "nothing is read from the environment", "a class of settings"
    )
    raise NotApplicable(
        "nothing shows that differs between two installations: no database, no key, no broker"
    )


def _configured(source: Source, module: Module) -> Iterator[Place]:
    for node in module.nodes(ast.Call):
        name = called(node)
        full = source.index.meaning(module, name).name if name else ""
        if full and not source.index.is_own(full) and (last(full) in _CONFIGURED or full.endswith(_KEYED)):
            yield module.place_of_secret(node, f"{last(full)} needs configuration")


@rule(
    "PRJ-004",
    "The environment is read where the settings are, and nowhere else",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def environment_is_read_in_one_place(source: Source, _: Source) -> None:
    """
    Why: a variable that is read in the middle of the code is in no list of variables, has no type, and fails at its first use.

    Breaks: `os.getenv("SMTP_HOST")` in a service

    Conforms: `settings.smtp_host`, with a field in the class of settings
    """
    reads = [
        one
        for one in source.environment.reads
        if one.name not in _OF_THE_SYSTEM
        and not _is_for_configuration(source, one.module)
        and not _is_beside(one.module)
        and one.module.name not in source.scripts
        and not is_started_alone(one.module, one.node)
        and not source.environment.is_setting(one.module, one.node)
    ]
    source.none_of(
        (one.module.place(one.node, f"{one.name or 'a variable'} is read here") for one in reads),
        "the environment is read outside the settings",
        "a field of the settings",
    )
    if not (source.environment.reads or source.environment.libraries):
        raise NotApplicable("nothing is read from the environment")


@rule(
    "PRJ-005",
    "No address of another service stands in the code",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def code_holds_no_address(source: Source, _: Source) -> None:
    """
    Why: the database or the broker of one machine is found on no other one.

    Breaks: `Redis.from_url("redis://localhost:6379")` in a service

    Conforms: `Redis.from_url(settings.redis_url)`
    """
    source.none_of(
        (place for module in source.index.modules.values() for place in _addresses(source, module)),
        "an address stands in the code",
        "a setting",
    )


def _addresses(source: Source, module: Module) -> Iterator[Place]:
    if _is_for_configuration(source, module) or _is_beside(module):
        return
    for node in [*module.nodes(ast.Constant), *module.nodes(ast.JoinedStr)]:
        said = text_of(source.index, module, node)
        if said and _ADDRESS.match(said) and " " not in said and not _only_describes(source, module, node):
            yield module.place(node, "an address of another service")


def _only_describes(source: Source, module: Module, node: ast.AST) -> bool:
    """Whether a text is a part of a longer one, a docstring, a description, a default of settings, a beginning to compare with."""
    if source.environment.is_setting(module, node):
        return True
    below, above = node, module.parents.get(node)
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, ast.keyword) and above.arg in _DESCRIBING:
            return True
        if isinstance(above, ast.JoinedStr | ast.Compare):
            return True
        if isinstance(above, ast.Call) and last(called(above)) in (
            "startswith",
            "removeprefix",
            "replace",
            "getenv",
            "get",
            "config",
        ):
            return True
        below, above = above, module.parents.get(above)
    return isinstance(above, ast.Expr) and above.value is below and isinstance(below, ast.Constant)


def _is_for_configuration(source: Source, module: Module) -> bool:
    if any(one.module is module for one in source.environment.settings.values()):
        return True
    return any(_PLACES.search(part) for part in module.name.lower().split("."))


def _is_beside(module: Module) -> bool:
    return any(_BESIDE.search(part) for part in module.name.lower().split("."))
