"""Throw-away accounts that several rules share, because none of them spoils them for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.catalogue import Untested
from compliance.target.registering import TurnedAway

if TYPE_CHECKING:
    from compliance.target.reach import Created, Target

#: Characters of a long password: more than the 72 bytes that some hash functions read.
LONG = 80


class Lodgers:
    """Makes each of them when it is first asked for. One that could not be had is not asked for again."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._keyholder: Created | None = None
        self._doubt = ""

    @property
    def keyholder(self) -> Created:
        """An account with a long password, or with the usual one where a long one does not log in.

        It is for a few wrong passwords, with a login after each handful, so that nothing counts many in a row.
        Raises Untested where nobody can register.
        """
        if self._doubt:
            raise Untested(self._doubt)
        if self._keyholder is None:
            try:
                self._keyholder = self._with_a_long_password() or self._target.account("trent")
            except Untested as reason:
                self._doubt = str(reason)
                raise
        return self._keyholder

    def _with_a_long_password(self) -> Created | None:
        target = self._target
        if not target.registrar.takes(LONG):
            return None
        try:
            made = target.account("trent", usable=False, length=LONG)
        except TurnedAway:
            return None
        try:
            target.doorman.log_in(made.owner)
        except Untested:
            return None
        return made
