"""The engine's transport: whatever part of it sends, and with whatever session, it sends through our wire."""

from __future__ import annotations

from typing import Any, TypeAlias

from schemathesis.core.transport import Response
from schemathesis.specs.openapi.schemas import OpenApiSchema
from schemathesis.transport import BaseTransport
from schemathesis.transport.requests import REQUESTS_TRANSPORT, RequestsTransport

from compliance.traffic import cases
from compliance.traffic.wire import Wire

#: What the engine takes as an option of sending.
Option: TypeAlias = Any


class Gate(RequestsTransport):
    """Some checks send a control of their own, and one part of the engine brings a session of its own."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._copy_serializers_from(REQUESTS_TRANSPORT)
        self.wire = wire

    def send(self, case: cases.AnyCase, **options: Option) -> Response:
        self.wire.point(cases.aim(case))
        return super().send(case, **{**options, "session": self.wire.session()})


class GatedSchema(OpenApiSchema):
    """The document as the engine sees it, with the gate for its transport."""

    gate: Gate

    @property
    def transport(self) -> BaseTransport[Any]:
        return self.gate


def gated(schema: OpenApiSchema, wire: Wire) -> GatedSchema:
    """The schema itself, from now on behind the gate; its loader knows no other class."""
    schema.__class__ = GatedSchema
    if not isinstance(schema, GatedSchema):
        raise TypeError("the engine's schema cannot be gated")
    schema.gate = Gate(wire)
    return schema
