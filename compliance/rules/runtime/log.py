"""What the service says in its log."""

from __future__ import annotations

from compliance.catalogue import Level, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Service
from compliance.contract.subjects import service
from compliance.inside import Watch
from compliance.inside.words import Saying
from compliance.target.scanning import Finder


@rule(
    "RUN-006",
    "No password and no token is written to the log",
    level=Level.MUST,
    subjects=service,
    phase=Phase.TAPE,
    depth="inside",
)
def log_holds_no_secret(watch: Watch, _: Service) -> None:
    """
    Why: logs are kept for months, sent to other companies and read by everybody who looks for a fault.

    Breaks: `logger.error(f"Validation error: {exc.errors()}")`, which quotes the password that was sent

    Conforms: `logger.info("validation failed", fields=[error["loc"] for error in exc.errors()])`
    """
    if not watch.words.sayings:
        raise NotApplicable(
            "the application logs nothing while it answers, by logging or on its standard streams"
        )
    secrets = {f"the password of {name}": value for name, value in watch.passwords().items()}
    secrets |= {f"the token of {name}": value for name, value in watch.tokens().items()}
    finder = Finder({name: value for name, value in secrets.items() if value})
    found: list[tuple[Saying, str]] = []
    for saying in watch.words.sayings:
        hit = finder.find(saying.text)
        if hit and not saying.served.is_plain(secrets[hit[0]]):
            found.append((saying, hit[0]))
    if found:
        saying, name = found[0]
        raise Violation(
            "a secret stands in the log",
            "a log without passwords and tokens",
            f"{saying.who} was told {name} in {saying.served.label}",
            [*dict.fromkeys(one.place for one, _ in found if one.place), saying.served],
        )
    if watch.words.too_many:
        raise Untested("the application logs more than can be searched")
