"""The files around the configuration: what says which variables there are, what keeps their values out of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compliance.catalogue import Level, NotApplicable, Phase, Untested, Violation, rule
from compliance.result import Place
from compliance.source import Source
from compliance.source.secrets import is_secret_name, may_be_secret, password_of_url
from compliance.source.subjects import whole

#: How a template of the variables may be called.
_TEMPLATES = tuple(
    f"{folder}{name}"
    for folder in ("", "*/", "*/*/")
    for name in (
        ".env.example",
        ".env.*example*",
        ".env.sample",
        ".env.template",
        ".env.dist",
        ".env-example",
        ".env-sample",
        ".env_example",
        ".example.env",
        "*.env.example",
        "env.example",
        "example.env",
        "sample.env",
        "template.env",
        "env.template",
        "env.sample",
    )
)
_VARIABLE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$")
_TO_REPLACE = re.compile(r"change[-_ ]?(me|this|it)|replace|example|placeholder|^x+$|^\*+$", re.IGNORECASE)
_NO_VALUES = ("example", "sample", "template", "dist", "test", "testing", "ci")


@rule(
    "PRJ-006",
    "A template names the variables, and an ignore file keeps their values out",
    level=Level.SHOULD,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def variables_have_a_template(source: Source, _: Source) -> None:
    """
    Why: whoever sets the service up has to know what to set, and what they set must not get into the repository.

    Breaks: a project that reads `.env` and has neither `.env.example` nor `.gitignore`

    Conforms: `.env.example` with every variable and no secret, `.gitignore`
    """
    project, environment = source.project, source.environment
    if not (environment.libraries or environment.reads or environment.settings):
        source.must_be_read()
        raise NotApplicable("nothing is read from the environment")
    is_kept = any(
        project.is_kept(file) for file, _ in project.texts(".env")
    )  # names them too, for good or ill
    missing = [] if project.has(*_TEMPLATES) or is_kept else [".env.example"]
    missing += [] if project.has(".gitignore", ".hgignore") else [".gitignore"]
    if missing and not project.is_whole:
        raise Untested("no project begins in this folder: what belongs to one may lie above it")
    if missing:
        said = " and ".join(missing)
        raise Violation(
            f"no {said}", "a template of the variables, and an ignore file", f"there is no {said}"
        )


@rule(
    "PRJ-007",
    "The repository keeps no file of variables with a secret",
    level=Level.MUST,
    subjects=whole,
    phase=Phase.READ,
    depth="source",
)
def repository_keeps_no_secrets(source: Source, _: Source) -> None:
    """
    Why: what was committed once is in every copy of the repository, also after it was deleted.

    Breaks: a tracked `.env` with `SECRET_KEY=0f3a…`

    Conforms: `.env` in `.gitignore`, and a template without values
    """
    found = [
        (file, place)
        for file, text in source.project.texts(".env", ".env.*", "*.env", "*/.env")
        if not set(re.split(r"[./]", file.lower())) & set(_NO_VALUES)
        for place in _secrets(file, text)
    ]
    places = [place for file, place in found if source.project.is_kept(file)]
    if places:
        observed = f"{len(places)} in the repository, the first {places[0]}: {places[0].note}"
        raise Violation("a secret is in the repository", "a file that is not tracked", observed, places)
    unknown = next((file for file, _ in found if source.project.is_kept(file) is None), "")
    if unknown:
        raise Untested(f"{unknown} holds a secret, and no repository tells whether it is kept")


def _secrets(file: str, text: str) -> Iterator[Place]:
    for number, line in enumerate(text.splitlines(), 1):
        found = _VARIABLE.match(line)
        if found is None:
            continue
        name, said = found[1], found[2].strip("\"'")
        is_key = is_secret_name(name) and may_be_secret(said) and not _TO_REPLACE.search(said)
        if is_key or (password_of_url(said) and not _TO_REPLACE.search(password_of_url(said))):
            yield Place(file, number, f"{name}=…", f"the value of {name}")
