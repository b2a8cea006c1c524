"""A number that a schema allows."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from compliance.contract.paths import words
from compliance.contract.resolve import Schema, sequence

if TYPE_CHECKING:
    from collections.abc import Callable

#: A step that no bound of a person's document is finer than, for bounds that are excluded.
_FINE = Decimal("0.01")
#: How many numbers are drawn from at most; all of them fit four bytes where no step is large.
_ROOM = 2**30
#: Values for names under which 1 would make no sense.
_USUAL = {
    "year": 2024,
    "age": 30,
    "latitude": 52,
    "longitude": 13,
    "zip": 12345,
    "zipcode": 12345,
    "port": 8080,
}


def number(schema: Schema, name: str = "", *, whole: bool) -> int | float:
    """What the document shows as an example, if it is allowed; else what the name asks for, 1, or what is nearest."""
    allowed = _Range(schema, whole)
    shown = [schema.get("example"), *sequence(schema.get("examples")), schema.get("default")]
    usual = [_USUAL[word] for word in words(name)[-1:] if word in _USUAL]
    wanted = [value for value in map(_decimal, [*shown, *usual]) if value is not None] + [Decimal(1)]
    found = next((value for value in wanted if allowed.has(value)), None)
    value = allowed.nearest() if found is None else found
    return int(value) if whole or value == value.to_integral_value() else float(value)


def fits(schema: Schema, value: float, *, whole: bool = False) -> bool:
    """Whether a schema allows the number."""
    exact = _decimal(value)
    return exact is not None and _Range(schema, whole).has(exact)


def unlike(schema: Schema, drawn: int) -> int:
    """A whole number that a schema allows: another one for every `drawn`, as far as its bounds have room."""
    allowed = _Range(schema, whole=True)
    nearest, step = int(allowed.nearest()), int(allowed.step or 1)
    if allowed.low is None and allowed.high is not None:
        return nearest - drawn % _ROOM * step
    room = _ROOM if allowed.high is None else max(int(allowed.high - nearest) // step + 1, 1)
    value = nearest + drawn % min(room, _ROOM) * step
    return value if allowed.has(Decimal(value)) else nearest


class _Range:
    """The bounds of a schema; in 3.0 an exclusive bound is a flag beside the bound, later it is a number."""

    def __init__(self, schema: Schema, whole: bool) -> None:
        step = _decimal(schema.get("multipleOf"))
        self.step = step if step and step > 0 else None
        if whole:
            self.step = self.step if self.step and self.step == self.step.to_integral_value() else Decimal(1)
        self.low, self.above = _bound(schema, "minimum", "exclusiveMinimum", max)
        self.high, self.below = _bound(schema, "maximum", "exclusiveMaximum", min)

    def has(self, value: Decimal) -> bool:
        if self.low is not None and (value < self.low or (self.above and value == self.low)):
            return False
        if self.high is not None and (value > self.high or (self.below and value == self.high)):
            return False
        return self.step is None or value % self.step == 0

    def nearest(self) -> Decimal:
        """The smallest allowed value, else the greatest; the first guess if nothing is allowed."""
        guesses = [*self._from_low(), *self._from_high(), Decimal(0), self.step or Decimal(1)]
        return next((value for value in guesses if self.has(value)), guesses[0])

    def _from_low(self) -> list[Decimal]:
        if self.low is None:
            return []
        if self.step is None:
            middle = [(self.low + self.high) / 2] if self.high is not None else []
            return [self.low, self.low + 1, self.low + _FINE, *middle]
        first = (self.low / self.step).to_integral_value(ROUND_CEILING) * self.step
        return [first, first + self.step]

    def _from_high(self) -> list[Decimal]:
        if self.high is None:
            return []
        if self.step is None:
            return [self.high, self.high - 1, self.high - _FINE]
        last = (self.high / self.step).to_integral_value(ROUND_FLOOR) * self.step
        return [last, last - self.step]


def _bound(
    schema: Schema, plain: str, exclusive: str, tighter: Callable[[Decimal, Decimal], Decimal]
) -> tuple[Decimal | None, bool]:
    """The tighter of both bounds, and whether it is excluded itself."""
    bound, beyond = _decimal(schema.get(plain)), _decimal(schema.get(exclusive))
    if beyond is not None and (bound is None or tighter(bound, beyond) == beyond):
        return beyond, True
    return bound, schema.get(exclusive) is True


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact if exact.is_finite() and abs(exact.adjusted()) < 20 else None
