"""A text that a schema allows, with the seed in it wherever its format and pattern leave room."""

from __future__ import annotations

import base64
import uuid
from hashlib import sha256
from typing import TYPE_CHECKING

from compliance.contract.fields import is_password, is_password_again
from compliance.contract.paths import vocabulary, words
from compliance.contract.patterns import from_pattern, in_python
from compliance.contract.resolve import Schema, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Longer texts than this are asked for by documents that want to hurt.
LONGEST = 10_000
#: Texts of these formats are the same for every seed.
_FIXED = {
    "date": "2030-01-15",
    "date-time": "2030-01-15T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "P1D",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "json-string": "{}",
}
_BIRTH = vocabulary("birth birthday birthdate born dob birthdayat")
#: What has happened before a row tells of it, and what comes after the date beside it.
_PAST = vocabulary(
    "purchase purchased hire hired joined founded manufactured acquired graduated graduation since"
)
_LATER = vocabulary(
    "end ends ending ended due deadline expire expires expiry expiration until till finish checkout return "
    "closing close arrival to"
)
_DATES = vocabulary("date deadline due expiry expiration dob birthday birthdate")
_MOMENTS = vocabulary("datetime timestamp")
_PHONE = vocabulary("phone mobile tel telephone cellphone phonenumber")
_LINK = vocabulary("url uri website homepage link href avatar image photo picture thumbnail logo")
#: Texts for names that nearly always mean one kind of value, the likeliest first.
_USUAL = {
    "country": ("US", "USA", "United States"),
    "nationality": ("US", "USA", "American"),
    "currency": ("EUR", "978"),
    "language": ("en", "eng", "English"),
    "lang": ("en", "eng"),
    "locale": ("en", "en-US"),
    "timezone": ("UTC", "Europe/Berlin"),
    "tz": ("UTC",),
    "color": ("#3366cc", "blue"),
    "colour": ("#3366cc", "blue"),
    "zip": ("12345",),
    "zipcode": ("12345",),
    "postcode": ("12345",),
    "postal": ("12345",),
    "gender": ("male", "M"),
    "sex": ("male", "M"),
    "ip": ("192.0.2.1",),
    "latitude": ("52.5",),
    "lat": ("52.5",),
    "longitude": ("13.4",),
    "lng": ("13.4",),
    "lon": ("13.4",),
    "price": ("10.00", "10"),
    "amount": ("10.00", "10"),
    "cost": ("10.00", "10"),
    "salary": ("1000.00", "1000"),
    "year": ("2024",),
    "age": ("30",),
}


def text(schema: Schema, name: str, seed_text: str) -> str:
    """A text for the field of that name."""
    lowest, highest = lengths(schema)
    pattern = schema.get("pattern")
    guesses = list(_guesses(schema, name, seed_text))
    if not isinstance(pattern, str) or schema.get("format") in _FIXED:
        return next((guess for guess in guesses if lowest <= len(guess) <= highest), guesses[0])
    found = next((one for one in guesses if lowest <= len(one) <= highest and _matches(pattern, one)), None)
    if found is None:
        found = from_pattern(pattern, lowest, highest, seed_text)
    return found if found is not None else guesses[0]


def lengths(schema: Schema) -> tuple[int, int]:
    """The shortest and the longest text that the schema allows, within reason."""
    low, high = schema.get("minLength"), schema.get("maxLength")
    lowest = min(low, LONGEST) if isinstance(low, int) and low > 0 else 0
    highest = min(high, LONGEST) if isinstance(high, int) and high >= 0 else LONGEST
    return lowest, max(lowest, highest)


def password(seed_text: str, lowest: int = 0, highest: int = 16) -> str:
    """A password of all four kinds of characters, of 16 if that is allowed; the same for the same seed."""
    letters = sha256(seed_text.encode()).hexdigest()
    length = max(lowest, min(highest, 16))
    return ("Zk9!" + letters * (length // len(letters) + 1))[:length]


def _guesses(schema: Schema, name: str, seed_text: str) -> Iterator[str]:
    """Texts in the order of preference; the first is taken where none fits."""
    bounds = lengths(schema)
    formatted = _formatted(str(schema.get("format") or ""), name, seed_text, bounds)
    if formatted is not None:
        yield formatted
    else:
        yield from _by_name(name, seed_text, bounds)
        yield _fitted(seed_text, *bounds)
    compact, digest = "".join(words(seed_text)), sha256(seed_text.encode()).hexdigest()
    digits = str(int(digest, 16))
    letters = digest.translate(str.maketrans("0123456789", "ghijklmnop"))
    for one in (compact, compact.upper(), letters, letters.upper(), letters.capitalize(), digits):
        short = one if one in (compact, compact.upper()) else one[: max(bounds[0], min(bounds[1], 10))]
        yield _fitted(short, *bounds)
    yield password(seed_text, *bounds)
    yield from (
        str(one) for one in (schema.get("example"), *sequence(schema.get("examples"))) if isinstance(one, str)
    )


def _formatted(form: str, name: str, seed_text: str, bounds: tuple[int, int]) -> str | None:
    label = "-".join(words(seed_text)) or "x"
    match form:
        case "email" | "idn-email":
            return _email(label, bounds)
        case "password":
            return password(seed_text, *bounds)
        case "uuid" | "uuid4" | "guid":
            return _uuid(name, seed_text)
        case "uri" | "url" | "uri-reference" | "iri":
            return f"https://example.com/{label}"
        case "hostname" | "idn-hostname":
            return f"{label}.example.com"
        case "byte" | "base64":
            return base64.b64encode(seed_text.encode()).decode()
        case "date" | "date-time" | "time":
            return _when(form, name)
    return _FIXED.get(form)


def _uuid(name: str, seed_text: str) -> str:
    return str(uuid.UUID(bytes=sha256(f"{seed_text}/{name}".encode()).digest()[:16], version=4))


def _when(form: str, name: str) -> str:
    """A date to come, later for what ends than for what begins; long ago for a birth, some time ago for a purchase."""
    parts, usual = set(words(name)), _FIXED[form]
    if parts & _BIRTH:
        return usual.replace("2030", "1990")
    if parts & _PAST:
        return usual.replace("2030", "2020")
    if parts & _LATER:
        return usual.replace("-01-", "-02-") if form != "time" else usual.replace("12:", "14:")
    return usual


def _by_name(name: str, seed_text: str, bounds: tuple[int, int]) -> Iterator[str]:
    """What the name of the field asks for where the schema does not say it."""
    parts = set(words(name))
    if parts & {"email", "mail"}:
        yield _email("-".join(words(seed_text)) or "x", bounds)
    elif is_password(name) or is_password_again(name):
        yield password(seed_text, *bounds)
    elif parts & _PHONE:
        digits = f"{int(sha256(seed_text.encode()).hexdigest(), 16) % 10**7:07}"
        yield from (f"+1555{digits}", f"555{digits}")
    elif parts & _LINK:
        yield f"https://example.com/{'-'.join(words(seed_text))}"
    elif parts & {"uuid", "guid"}:
        yield _uuid(name, seed_text)
    elif parts & _MOMENTS or (len(parts) > 1 and words(name)[-1:] == ("at",)):
        yield _when("date-time", name)
    elif parts & _DATES:
        yield _when("date", name)
    elif (
        len(parts) > 1 and words(name)[-1:] == ("time",) and parts & (_LATER | {"start", "begin", "opening"})
    ):
        yield _when("date-time", name)
    else:
        # A name with more than two words is about something else: `country_of_origin_note`.
        usual = [word for word in words(name) if word in _USUAL] if len(words(name)) <= 2 else []
        yield from _USUAL[usual[-1]] if usual else ()


def _email(label: str, bounds: tuple[int, int]) -> str:
    """An address at a domain that is reserved for examples and that validators accept."""
    room = min(bounds[1], 76) - len("@example.com")
    return f"{_fitted(label, bounds[0] - len('@example.com'), max(room, 1)).strip('-')}@example.com"


def _fitted(value: str, lowest: int, highest: int) -> str:
    """Padded at its end, or cut to its end: there it differs from run to run."""
    padded = value + "x" * (lowest - len(value))
    return padded[len(padded) - highest :] if len(padded) > highest else padded


def _matches(pattern: str, value: str) -> bool:
    """Whether it matches; a pattern that cannot be read is matched by anything."""
    compiled = in_python(pattern)
    return compiled is None or compiled.search(value) is not None
