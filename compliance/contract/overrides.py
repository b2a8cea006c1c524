"""What a person says of a service where its document does not show it, or shows it wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Overrides:
    """Corrections of what is inferred, as the configuration states them; empty means that all is inferred.

    include, exclude: patterns of paths (`/api/*`); what is left out is no part of the contract.
    roles: `login`, `registration` and `me` -> the label of an operation (`POST /auth/token`), or the empty text for none.
    login: `identifier`, `password`, `token` (dotted ways into body and answer) and `style` (form, json, query, basic).
    lists: the label of a GET -> `style`, `page`, `size`, `offset`, `cursor`, `items`, `total`, `maximum`; False is no list.
    resources: a collection -> `create`, `list`, `read`, `update`, `delete` (labels, of updates also a list),
    `parameter`, `identifier`.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    login: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Mapping[str, Any] | bool] = field(default_factory=dict)
    resources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
