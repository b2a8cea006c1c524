"""How well documents of real services are understood, held against labels made by hand. Floors are what was measured."""

from functools import cache

import pytest

from benchmarks.accuracy import ROLES, measured
from tests.contract.documents import CORPUS, needs_corpus

pytestmark = needs_corpus


@cache
def figures():
    return measured(CORPUS)


@pytest.mark.parametrize("role", ROLES)
def test_accounts_are_right_in_14_of_14(role):
    assert figures()[role].wrong == set()
    assert len(figures()[role].right) == 14


def test_lists_have_precision_and_recall_of_one():
    assert (figures()["lists"].wrong, figures()["lists"].missed) == (set(), set())


def test_the_style_of_paging_is_right_in_all_73_lists():
    assert figures()["style"].wrong == set()
    assert len(figures()["style"].right) == 73


def test_roles_have_precision_and_recall_of_nearly_one():
    assert figures()["roles"].precision >= 0.995, figures()["roles"].wrong
    assert figures()["roles"].recall >= 0.99, figures()["roles"].missed
