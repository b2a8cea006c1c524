"""The pages of the clauses as Markdown: one a chapter, where every clause has an anchor of its own, and an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance.report.telling import told

if TYPE_CHECKING:
    from compliance.catalogue import Catalogue
    from compliance.standard import Chapter

_MADE = (
    "<!-- Made by `make docs` from compliance/standard/ and compliance/rules/. Change those, not this. -->"
)
_INDEX = """\
Every clause of the standard with its rules, by chapter. The anchor of a clause is its id in small letters, and ids never
change, so a link to `PAG.md#pag-003` stays good. The same is told by `compliance explain PAG-003`.

A MUST decides the verdict, a SHOULD only under the profile strict. A rule examines its clause at one depth: from
**outside** over HTTP (`--target-url`), **inside** the served application (`--target-app`), or in the **source**
(`--target-source`). A clause that cannot be kept yet is waived in `compliance-waivers.toml`:

```toml
[[waiver]]
rule = "PAG-003"
operations = ["GET /api/v1/items"]
reason = "why it cannot be kept yet"
owner = "who mends it"
expires = 2027-02-21  # at most 180 days ahead
```"""


def pages(catalogue: Catalogue) -> dict[str, str]:
    """File name -> text, for every file of the folder."""
    made = {f"{chapter.family}.md": _page(chapter, catalogue) for chapter in catalogue.chapters}
    return {"README.md": _index(catalogue), **made}


def _index(catalogue: Catalogue) -> str:
    parts = [_MADE, "# The rules", _INDEX]
    for chapter in catalogue.chapters:
        rows = ["| id | level | examined | clause |", "|---|---|---|---|"]
        for clause in chapter.clauses:
            depths = ", ".join(rule["depth"] for rule in told(clause, catalogue)["rules"]) or "not yet"
            link = f"[{clause.id}]({chapter.family}.md#{clause.id.lower()})"
            rows.append(f"| {link} | {clause.level} | {depths} | {_in_a_cell(clause.title)} |")
        parts += [f"## [{chapter.title}]({chapter.family}.md)", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def _page(chapter: Chapter, catalogue: Catalogue) -> str:
    parts = [_MADE, f"# {chapter.title} ({chapter.family})", "[All rules](README.md)", chapter.introduction]
    for clause in chapter.clauses:
        parts += _clause(told(clause, catalogue))
    return "\n\n".join(filter(None, parts)) + "\n"


def _clause(one: dict[str, Any]) -> list[str]:
    """The heading is the id alone: a title may be worded better one day, and a link must not break then."""
    parts = [
        f"## {one['id']}",
        f"**{one['title']}** ({one['level']})",
        one["text"],
        f"Origin: {one['origin']}",
    ]
    if one["unruled"]:
        parts.append(f"No rule examines it yet: {one['unruled']}")
    for rule in one["rules"]:
        needs = "; ".join(need["words"] for need in rule["needs"])
        parts += [
            f"### {rule['id']}, examined from {rule['depth']}",
            f"- **Subjects**: {rule['subjects']}\n- **Way**: {rule['way']}\n- **Needs**: {needs}",
            *(
                f"**{name}**: {rule[name.lower()]}"
                for name in ("Why", "Breaks", "Conforms")
                if rule[name.lower()]
            ),
        ]
    return parts


def _in_a_cell(text: str) -> str:
    return text.replace("|", "\\|")
