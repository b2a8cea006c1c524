"""What the person asked for, as one run needs it, checked before the first request."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from compliance.configuration import Configuration, Layer, configure
from compliance.configuration.credentials import PRESENTING, credentials_of, presentation_of, signing_key_of
from compliance.contract.overrides import Overrides
from compliance.result import Aim
from compliance.target.connection import Connection, is_loopback, printable
from compliance.target.credentials import Credentials, Presentation
from compliance.target.document import check_url
from compliance.target.errors import TargetError
from compliance.target.reach import Grants
from compliance.target.serving import remote_database
from compliance.verdict.reading import NAME as WAIVERS

#: Requests a second to a host that is not this machine.
POLITE_RATE = 50.0
#: How messages call what nothing tells the origin of.
_NAMES = {"target": "--target-url", "openapi": "--openapi"}


@dataclass(frozen=True)
class Settings:
    """One run's settings. At most one of url and app is given, and neither where the source alone is judged."""

    url: str = ""
    app: str = ""
    #: the root of the project whose code is judged, and the package in it; layer -> patterns of modules
    source: str = ""
    package: str = ""
    layers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: the interpreter that may import the application for the rules of the source, and which that is; empty: none may
    python: str = ""
    source_app: str = ""
    openapi: str | None = None
    profile: str = "standard"
    seed: int = 0
    thorough: bool = False
    allow_writes: bool = False
    #: the consent was said in no lower layer than the profile
    consent_outweighs: bool = False
    allow_destructive: bool = False
    reports: tuple[str, ...] = ()
    #: the file of waivers, empty where there is none, and whether to leave it aside; the baseline
    waivers: str = ""
    no_waivers: bool = False
    baseline: str = ""
    #: packages beside the kit's own standard and those that are installed
    standards: tuple[str, ...] = ()
    page_size_maximum: int = 100
    #: requests a second; None leaves it to where the target is
    rate: float | None = None
    timeout: float = 30.0
    ca: str | None = None
    overrides: Overrides = field(default_factory=Overrides)
    credentials: Mapping[str, Credentials] = field(default_factory=dict, repr=False)
    #: how whoever logs in presents the token
    presentation: Presentation | None = None
    signing_key: str = field(default="", repr=False)
    #: where modules are looked for: the folder of the invocation, and the one of the file
    folders: tuple[str, ...] = ("",)
    #: what messages call the file of the configuration, empty where there is none
    file: str = ""
    #: sentences on what was said and does not hold for this run
    notes: tuple[str, ...] = ()
    #: how messages call what was given: the option, the variable, or the file and its key
    labels: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, option: Callable[[str], Any], folder: Path, environment: Mapping[str, str] | None = None
    ) -> Settings:
        """The settings of an invocation in that folder, from all four layers. Raises TargetError.

        option: what a parser of `fastapi_compliance_pytest.OPTIONS` read, None for what was not given.
        """
        return cls.configured(configure(option, folder, os.environ if environment is None else environment))

    @classmethod
    def configured(cls, configuration: Configuration) -> Settings:
        """The settings that a configuration comes to. Raises TargetError."""
        if configuration.slips:
            raise TargetError("\n".join(configuration.slips))
        url, app = _what_to_judge(configuration)
        file = configuration.file
        return cls(
            url=url,
            app=app,
            source=_place(configuration, "source.folder") or "",
            package=configuration["source.package"] or "",
            layers={layer: tuple(names) for layer, names in configuration["source.layers"].items()},
            python=_python(configuration),
            source_app=configuration["source.app"] or "",
            openapi=_place(configuration, "openapi"),
            profile=configuration["profile"],
            seed=int(configuration["seed"]),
            thorough=configuration["effort"] == "thorough",
            allow_writes=configuration["allow-writes"],
            consent_outweighs=configuration.layer("allow-writes") >= configuration.layer("profile"),
            allow_destructive=configuration["allow-destructive"],
            reports=_reports(configuration),
            waivers=waivers_of(configuration),
            no_waivers=configuration["no-waivers"],
            baseline=baseline_of(configuration),
            standards=tuple(configuration["standards"]),
            page_size_maximum=int(configuration["page-size-maximum"]),
            rate=configuration["rate"],
            timeout=configuration["timeout"],
            ca=_place(configuration, "ca"),
            overrides=Overrides(
                include=tuple(configuration["include"]),
                exclude=tuple(configuration["exclude"]),
                roles=configuration.table("roles"),
                login={k: v for k, v in configuration.table("login").items() if k not in PRESENTING},
                lists=configuration["lists"],
                resources=configuration["resources"],
            ),
            credentials=_credentials(configuration),
            presentation=presentation_of(configuration),
            signing_key=signing_key_of(configuration),
            folders=configuration.folders,
            file=file.name if file else "",
            notes=configuration.notes,
            labels={name: configuration.label(name) for name in configuration.values},
        )

    def check(self) -> None:
        """Raises TargetError with one clear message for whatever cannot work, or was not agreed to."""
        self.check_form()
        self._check_contradiction()
        self._check_consent()

    def check_form(self) -> None:
        """Raises TargetError unless target and document are named, and in a form that can be."""
        if not (self.url or self.app or self.source):
            raise TargetError(
                "say what to judge: --target-url=http://127.0.0.1:8000, --target-app=MODULE:APP or --target-source=DIR, "
                "or target in compliance.toml or under [tool.compliance] in pyproject.toml"
            )
        _check_addresses(self.url, self.openapi, {**_NAMES, **self.labels}.__getitem__)

    def _check_contradiction(self) -> None:
        """Who says read-only beside a consent of a lower layer takes it back; who consents later, or in one breath, is told."""
        if self.allow_writes and self.profile == "read-only" and self.consent_outweighs:
            raise TargetError(
                f"{self.labels.get('allow-writes', '--allow-writes')} and the profile read-only "
                f"({self.labels.get('profile', '--compliance-profile')}) contradict each other: give one of them"
            )

    @property
    def writes(self) -> bool:
        return self.profile != "read-only"

    @property
    def is_served(self) -> bool:
        """Whether a running service is judged, and not its source alone."""
        return bool(self.url or self.app)

    @property
    def aim(self) -> Aim:
        """What a run with these settings is aimed at."""
        return Aim(
            url=printable(self.url),
            app=self.app,
            source=self.source,
            package=self.package,
            openapi=printable(self.openapi or ""),
            standards=self.standards,
            thorough=self.thorough,
        )

    def connection(self, url: str) -> Connection:
        """The way to the target, or to its application served at that URL."""
        near = self.app or is_loopback(url)
        return Connection(url, self.timeout, self.rate or (None if near else POLITE_RATE), self.ca)

    def grants(self) -> Grants:
        """What the rules may do, and with what."""
        return Grants(
            writes=self.writes,
            destructive=self.allow_destructive and self.writes,
            thorough=self.thorough,
            page_size_maximum=self.page_size_maximum,
            signing_key=self.signing_key,
            credentials=self.credentials,
            presentation=self.presentation,
        )

    def _check_consent(self) -> None:
        if self.allow_writes or self.profile == "read-only":
            return
        words = "say --allow-writes if the kit may create and delete rows of its own there, or --compliance-profile=read-only"
        if self.url and not is_loopback(self.url):
            raise TargetError(f"{printable(self.url)} is not on this machine: {words}")
        variable = remote_database() if self.app else None
        if variable:
            raise TargetError(f"${variable} points at a database on another host: {words}")


def check_configured(configuration: Configuration) -> None:
    """Raises TargetError for what no run would begin with, whoever lends the secrets and wherever reports may be written."""
    url, _ = _what_to_judge(configuration)
    _check_addresses(url, configuration["openapi"], configuration.label)
    waivers_of(configuration)


def _what_to_judge(configuration: Configuration) -> tuple[str, str]:
    """The URL or the application: a target of a higher layer takes the place of an application of a lower, and vice versa."""
    url, app = (configuration[name] or "" for name in ("target", "app"))
    layers = configuration.layer("target"), configuration.layer("app")
    if configuration["source.folder"] and configuration.layer("source.folder") > max(layers):
        return "", ""  # who names the source now, and has written the target down once, means the source
    if url and app and layers[0] is layers[1]:
        raise TargetError(f"give {configuration.label('target')} or {configuration.label('app')}, not both")
    return (url.rstrip("/"), "") if layers[0] > layers[1] else ("", app)


def _credentials(configuration: Configuration) -> dict[str, Credentials]:
    """The credentials; half a login may be lacking the half that the file has for another target, and then says so."""
    try:
        return credentials_of(configuration)
    except TargetError as complaint:
        raise TargetError(". ".join((str(complaint), *configuration.notes))) from None


def _place(configuration: Configuration, name: str) -> str | None:
    """A path, which in a file is meant from where the file lies; a URL as it is."""
    given: str | None = configuration[name]
    return _from_file(configuration, name, given) if given and "://" not in given else given


def waivers_of(configuration: Configuration) -> str:
    """The file of waivers: the one that is named, else the one that lies beside the configuration or where the run is made."""
    named = _place(configuration, "waivers")
    if named:
        return named
    # Whatever bears the name, so that a folder (Docker makes one of a mount that is missing) is not taken for no waivers.
    found = [place for folder in configuration.folders if os.path.lexists(place := Path(folder) / WAIVERS)]
    if len(found) > 1:
        both = " and ".join(map(str, found))
        raise TargetError(f"{both} both hold waivers: keep one of them, or name it by --compliance-waivers")
    return str(found[0]) if found else ""


def baseline_of(configuration: Configuration) -> str:
    """The file of the baseline, empty where none is named."""
    return _place(configuration, "baseline") or ""


def _python(configuration: Configuration) -> str:
    """The interpreter: a name as it is, a path as `_place` has it."""
    given: str = configuration["source.python"] or ""
    return (_place(configuration, "source.python") or "") if "/" in given else given


def _reports(configuration: Configuration) -> tuple[str, ...]:
    """KIND:PATH, the path as `_place` has it."""
    split = [spec.partition(":") for spec in configuration["reports"]]
    return tuple(
        f"{kind}:{_from_file(configuration, 'reports', path)}" if path else kind + colon
        for kind, colon, path in split
    )


def _from_file(configuration: Configuration, name: str, path: str) -> str:
    file = configuration.file
    if file is None or configuration.layer(name) is not Layer.FILE or file.folder == configuration.folder:
        return path
    return str(file.folder / path)


def _check_addresses(url: str, openapi: str | None, label: Callable[[str], str]) -> None:
    if url:
        _check_form(url, label("target"))
        check_url(url, label("target"))
    if openapi and "://" in openapi:
        _check_form(openapi, label("openapi"))


def _check_form(url: str, label: str) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as failure:
        raise TargetError(f"{label}={printable(url)} is not a URL: {failure}") from None
    if parts.password:
        raise TargetError(
            f"{label} holds a password: take it out, and give it by a variable, for instance COMPLIANCE_ALICE_PASSWORD"
        )
