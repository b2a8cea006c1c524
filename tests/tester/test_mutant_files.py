"""The diffs of the mutants: a header that is not as agreed and a diff that does not apply are told, not passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants import BadMutantError, mutants, read

DIFF = """--- a/reference_app/utils/helpers.py
+++ b/reference_app/utils/helpers.py
@@ -1,3 +1,3 @@
-{old}
+\"\"\"Large pure functions.\"\"\"
\x20
 from datetime import UTC, datetime, timedelta
"""
HEADER = "# rule: PAG-003\n# fault: the helpers are large\n"
APPLIES = HEADER + DIFF.format(old='"""Small pure functions."""')


def write(folder: Path, text: str, name: str = "PAG-003-large.diff") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_header_is_read(tmp_path: Path):
    also = "# also: PAG-004 (of course)\n# also: AUT-002 untested (it cannot be helped)\n"
    mutant = read(write(tmp_path, HEADER + also))

    assert (mutant.name, mutant.rule, mutant.fault) == ("PAG-003-large", "PAG-003", "the helpers are large")
    assert mutant.expected == {"PAG-003": "violation", "PAG-004": "violation", "AUT-002": "untested"}


def test_company_of_other_families_counts_where_all_are_asked(tmp_path: Path):
    mutant = read(write(tmp_path, HEADER + "# far: ERR-001 (the database complains)\n"))

    assert mutant.expected == {"PAG-003": "violation"}
    assert mutant.expected_of_all == {"PAG-003": "violation", "ERR-001": "violation"}


def test_what_a_fault_leaves_undecided_is_named_once(tmp_path: Path):
    blind = read(write(tmp_path, HEADER + "# blinds: nobody is let in\n"))
    changed = {"PAG-003": "violation", "PAG-004": "untested", "AUT-002": "violation"}

    assert blind.told(changed) == {"PAG-003": "violation", "AUT-002": "violation"}
    assert read(write(tmp_path, HEADER)).told(changed) == changed


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="none"),
        pytest.param("# rule: PAG-003\n", id="no fault"),
        pytest.param("# fault: it is large\n", id="no rule"),
        pytest.param(HEADER + HEADER, id="twice"),
        pytest.param(HEADER + "# also: PAG-004\n", id="company without a reason"),
        pytest.param(HEADER + "# far: ERR-001\n", id="distant company without a reason"),
        pytest.param(HEADER + "# by: somebody\n", id="another word"),
        pytest.param(HEADER.replace("003", "004"), id="another name"),
    ],
)
def test_a_header_that_is_not_as_agreed_is_refused(tmp_path: Path, header: str):
    with pytest.raises(BadMutantError, match=r"^PAG-003-large\.diff: "):
        read(write(tmp_path, header))


def test_a_diff_is_applied_to_a_copy(tmp_path: Path):
    (mutant,) = mutants(write(tmp_path, APPLIES).parent)
    place = tmp_path / "copy"
    place.mkdir()

    changed = mutant.make(place) / "reference_app" / "utils" / "helpers.py"

    assert changed.read_text(encoding="utf-8").startswith('"""Large pure functions."""\n')


def test_a_diff_that_no_longer_applies_is_told(tmp_path: Path):
    mutant = read(write(tmp_path, HEADER + DIFF.format(old='"""Another beginning."""')))
    place = tmp_path / "copy"
    place.mkdir()

    with pytest.raises(BadMutantError, match=r"^PAG-003-large\.diff no longer applies to the reference:"):
        mutant.make(place)
