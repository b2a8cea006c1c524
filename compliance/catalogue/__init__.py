"""The vocabulary of everything else: rules, levels, needs, outcomes, and the catalogue of clauses with their rules.

Imports neither pytest nor httpx, so that a report, a linter or a third-party standard can use it at no cost.
"""

from compliance.catalogue.loading import (
    GROUP,
    OWN,
    Catalogue,
    CatalogueError,
    installed,
    load,
    load_standards,
    look_in,
)
from compliance.catalogue.vocabulary import (
    DEPTHS,
    OPTIONAL_NEEDS,
    Check,
    Level,
    Need,
    NotApplicable,
    Outcome,
    Phase,
    Rule,
    Selector,
    Subject,
    Untested,
    Violation,
    rule,
)

__all__ = [
    "DEPTHS",
    "GROUP",
    "OPTIONAL_NEEDS",
    "OWN",
    "Catalogue",
    "CatalogueError",
    "Check",
    "Level",
    "Need",
    "NotApplicable",
    "Outcome",
    "Phase",
    "Rule",
    "Selector",
    "Subject",
    "Untested",
    "Violation",
    "installed",
    "load",
    "load_standards",
    "look_in",
    "rule",
]
