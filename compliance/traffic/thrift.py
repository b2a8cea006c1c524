"""What the engine would send and nobody needs: a deviation that was tried already in another company of values."""

from __future__ import annotations

from collections.abc import Hashable
from urllib.parse import parse_qs, urlsplit

import requests
from schemathesis.generation.meta import TestPhase

from compliance.traffic import cases

CONTENT_TYPE = "content-type"


class Thrift:
    """Which cases of a run are worth a request."""

    def __init__(self) -> None:
        self._seen: set[Hashable] = set()

    def spares(self, case: cases.AnyCase, request: requests.PreparedRequest) -> bool:
        """Whether the case says nothing new.

        The engine puts each invalid value of a query beside all other parameters and beside none; a service refuses
        it for the value. It claims strange content types, too, where there is no content.
        """
        data = cases.meta_of(case).phase
        if data.name is not TestPhase.COVERAGE or cases.meta_of(case).generation.mode.is_positive:
            return False
        location, name = cases.location(data.data.parameter_location), data.data.parameter or ""
        if location == "header" and name.lower() == CONTENT_TYPE:
            return not request.body
        if location != "query":
            return False
        values = parse_qs(urlsplit(request.url or "").query, keep_blank_values=True).get(name, ())
        told = (cases.label(case), str(getattr(data.data, "scenario", "")), name, tuple(values))
        known = told in self._seen
        self._seen.add(told)
        return known
