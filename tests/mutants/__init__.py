"""Mutants: the reference, or another home, with one fault each, as readable diffs.

A diff begins with comment lines: `# rule: PAG-003`, `# fault: <one sentence>`, `# home: notes` where it is a fault of
`tests/homes/notes.py`, and for company that cannot be avoided `# also: PAG-004 (reason)`; a violation, unless another
outcome is named: `# also: PAG-004 untested (reason)`. Company of other families, which shows under the whole catalogue
only, is `# far: ERR-001 (reason)`. A fault that leaves hardly anything to be decided says
why, in place of naming all that comes to nothing: `# blinds: nobody is let in`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from compliance.catalogue import Catalogue, Outcome, Rule
from compliance.depths import Examination
from compliance.result import Run
from compliance.run import judge_source
from tests.homes import HERE as HOMES_FOLDER
from tests.homes import judge_home
from tests.insider import judge_inside
from tests.service import copy_of_reference, judge_reference, outcomes, serve_reference, source_of_reference

HERE = Path(__file__).parent
_LINE = re.compile(r"# (rule|fault|home|also|far|blinds): (\S.*)")
_ALSO = re.compile(r"([A-Z]+-\d{3}\S*)(?: ([a-z-]+))? \((\S.*)\)")
#: Worst first: what a rule's several changed subjects come to.
_WEIGHT = [Outcome.ERROR, Outcome.VIOLATION, Outcome.PASS, Outcome.UNTESTED, Outcome.NOT_APPLICABLE]


class BadMutantError(Exception):
    """A diff without a proper header, or one that no longer applies."""


@dataclass(frozen=True)
class Mutant:
    """One fault: the rule that must find it, and what else changes with it, by rule."""

    name: str
    file: Path
    rule: str
    fault: str
    also: dict[str, str] = field(default_factory=dict)
    #: what changes beside under the whole catalogue
    far: dict[str, str] = field(default_factory=dict)
    #: the home that has the fault; empty for the reference
    home: str = ""
    #: why hardly any rule comes to anything, empty where the fault leaves the others alone
    blinds: str = ""

    @property
    def is_of_source(self) -> bool:
        """Whether the fault shows in the code, and need not be served to be found."""
        return self.rule.endswith("@source")

    @property
    def is_of_inside(self) -> bool:
        """Whether the fault shows while the application is watched at work."""
        return self.rule.endswith("@inside")

    @property
    def expected(self) -> dict[str, str]:
        """The rules whose outcome differs from home, and what it is."""
        return {self.rule: str(Outcome.VIOLATION), **self.also}

    @property
    def expected_of_all(self) -> dict[str, str]:
        """The same where the whole catalogue judges."""
        return {**self.expected, **self.far}

    def told(self, changed: Mapping[str, str]) -> dict[str, str]:
        """What changed, without the rules that came to nothing where the fault lets few come to anything."""
        return {
            name: outcome
            for name, outcome in changed.items()
            if not self.blinds or name in self.also or name in self.far or outcome != Outcome.UNTESTED
        }

    def concerns(self, rule: Rule) -> bool:
        """Whether the rule is of the mutant's family, or is its declared company."""
        if self.is_of_source and rule.depth != "source":
            return False
        if self.is_of_inside != (rule.depth == "inside"):
            return False
        return rule.family == self.rule.partition("-")[0] or rule.id in self.also

    def make(self, folder: Path) -> Path:
        """A copy of its home with the fault, below an empty folder. Raises BadMutantError where the diff does not apply."""
        if self.home:
            homes = folder / "tests" / "homes"
            homes.mkdir(parents=True)
            shutil.copy(HOMES_FOLDER / f"{self.home}.py", homes)
        else:
            copy_of_reference(folder)
        self.apply(folder)
        return folder

    def apply(self, folder: Path) -> None:
        """Plant the fault in a copy. Raises BadMutantError where the diff does not apply."""
        # No repository around the folder may change what git takes the paths to mean.
        environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.resolve().parent), "LC_ALL": "C"}
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
            environment.pop(name, None)
        command = ["git", "apply", "--whitespace=nowarn", str(self.file)]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BadMutantError(
                f"{self.file.name} no longer applies to {self.home or 'the reference'}:\n{done.stderr}"
            )


def with_faults(names: Iterable[str], folder: Path) -> Path:
    """A copy of the reference below an empty folder with the faults of several mutants, which must not touch the same lines."""
    by_name = {mutant.name: mutant for mutant in mutants()}
    copy_of_reference(folder)
    for name in names:
        by_name[name].apply(folder)
    return folder


def near(mutant: Mutant) -> Callable[[Examination], bool]:
    """Chooses the examinations that may notice, so that nothing else is judged."""
    return lambda one: mutant.concerns(one.rule)


def judge_mutant(mutant: Mutant, catalogue: Catalogue, choose: Callable[[Examination], bool]) -> Run:
    """Make the mutant, serve it, judge it. Raises BadMutantError, NotServedError."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        made = mutant.make(Path(folder))
        if mutant.home:
            return judge_home(mutant.home, catalogue, choose, made / "tests" / "homes")
        if mutant.is_of_source:
            return judge_source(catalogue, source_of_reference(made), choose)
        if mutant.is_of_inside:
            return judge_inside(catalogue, choose, made)
        with serve_reference(made) as base_url:
            return judge_reference(catalogue, base_url, choose, made)


def mutants(folder: Path = HERE) -> list[Mutant]:
    """Every mutant of a folder, by name."""
    return [read(file) for file in sorted(folder.glob("*.diff"))]


def read(file: Path) -> Mutant:
    """The mutant of one diff. Raises BadMutantError where its header is not as agreed."""
    header: dict[str, list[str]] = {"rule": [], "fault": [], "home": [], "also": [], "far": [], "blinds": []}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        found = _LINE.fullmatch(line)
        if found is None:
            raise BadMutantError(
                f"{file.name}: not `# rule: …`, `# fault: …`, `# home: …`, `# also: …`, `# far: …` or `# blinds: …`: {line}"
            )
        header[found[1]].append(found[2])
    if len(header["rule"]) != 1 or len(header["fault"]) != 1:
        raise BadMutantError(f"{file.name}: a mutant has one `# rule:` and one `# fault:`")
    if len(header["home"]) > 1:
        raise BadMutantError(f"{file.name}: a mutant has one home")
    rule = header["rule"][0]
    if not file.stem.startswith(f"{rule}-"):
        raise BadMutantError(f"{file.name}: the name begins with the rule, {rule}, and a dash")
    return Mutant(
        file.stem,
        file,
        rule,
        header["fault"][0],
        _company(file, header, "also"),
        _company(file, header, "far"),
        next(iter(header["home"]), ""),
        "; ".join(header["blinds"]),
    )


def _company(file: Path, header: Mapping[str, list[str]], word: str) -> dict[str, str]:
    """The outcomes that lines of this word name, by rule. Raises BadMutantError where one has no reason."""
    found = [_ALSO.fullmatch(text) for text in header[word]]
    if None in found:
        raise BadMutantError(f"{file.name}: not `# {word}: PAG-004 (reason)`")
    return {one[1]: one[2] or str(Outcome.VIOLATION) for one in found if one}


def changes(home: Run, other: Run) -> dict[str, str]:
    """The rules whose outcomes differ between two runs, each with the worst outcome of the subjects that differ.

    A subject that the other document no longer has counts as not applicable.
    """
    ours, theirs = outcomes(home), outcomes(other)
    gone = str(Outcome.NOT_APPLICABLE)
    different: dict[str, list[str]] = {}
    for key in ours.keys() | theirs.keys():
        here, there = ours.get(key, gone), theirs.get(key, gone)
        if here != there:
            different.setdefault(key[0], []).append(there)
    return {rule: min(found, key=_WEIGHT.index) for rule, found in sorted(different.items())}
