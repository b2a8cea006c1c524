"""What a list asks of the database."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from compliance.catalogue import Level, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import ListOperation
from compliance.contract.subjects import lists
from compliance.inside import Served, Watch
from compliance.result import Place

#: Items by which two pages have to differ, and statements by which the longer one then takes more.
APART, MORE = 2, 2
#: Requests that have to show the same where it cannot be asked for again.
OFTEN = 3
#: Rows from which on a list that tells no total is taken for read as a whole.
MANY = 100
#: What limits the rows of a statement, or says that they belong to rows which were read before.
_LIMITED = re.compile(r"\b(?:LIMIT|FETCH\s+(?:FIRST|NEXT)|TOP|ROWNUM|ROW_NUMBER)\b|\bIN\s*\(", re.IGNORECASE)


@rule(
    "RUN-003",
    "A long page takes no more statements than a short one",
    level=Level.SHOULD,
    subjects=lists,
    phase=Phase.TAPE,
    depth="inside",
)
def statements_do_not_grow(watch: Watch, listing: ListOperation) -> None:
    """
    Why: a page of a hundred items makes a hundred and one round trips to the database, and is as slow as that.

    Breaks: `for post in posts: post.author` with a relationship that is loaded when it is touched

    Conforms: `select(Post).options(selectinload(Post.author))`, two statements whatever the page
    """
    asked = _answered(watch, listing)
    pairs = list(_pairs(asked, listing)) or list(_asked_for(watch, asked, listing))
    if not pairs:
        raise Untested(f"{listing.label} was not seen with few and with many items for the same caller")
    for short, long in pairs:
        grown = _grown(short, long, listing)
        if grown and (_grown_again(watch, short, long, listing) == grown or _is_common(grown, short, asked)):
            few, many = short.items(listing.items), long.items(listing.items)
            times = _counted(short)[grown], _counted(long)[grown]
            raise Violation(
                "a statement is executed for every item",
                "as many statements for a long page as for a short one",
                f"the same SELECT {times[0]} times for {len(few)} items and {times[1]} times for {len(many)}",
                [*_places(long, grown), short, long],
            )


@rule(
    "RUN-004",
    "A list reads no more rows than its page needs",
    level=Level.MUST,
    subjects=lists,
    phase=Phase.TAPE,
    depth="inside",
)
def rows_are_cut_by_the_database(watch: Watch, listing: ListOperation) -> None:
    """
    Why: it works with the rows of a test, and takes all memory with those of a year.

    Breaks: `(await session.scalars(select(User))).all()[skip : skip + limit]`

    Conforms: `select(User).order_by(User.id).offset(skip).limit(limit)`, and `select(func.count())` for the total
    """
    asked = _answered(watch, listing)
    if not any(served.rows for served in asked):
        raise NotApplicable("the driver does not tell how many rows a statement brings")
    by_statement: dict[str, dict[int, Served]] = {}
    for served in asked:
        for number, rows in served.rows.items():
            statement = served.statements[number]
            if (
                statement.verb == "SELECT"
                and not _LIMITED.search(statement.text)
                and _is_all(served, rows, listing)
            ):
                by_statement.setdefault(statement.text, {})[rows] = served
    for text, found in by_statement.items():
        if len(found) >= OFTEN:
            rows, served = max(found.items(), key=lambda pair: pair[0])
            raise Violation(
                "a list reads all of its rows",
                "a statement that is limited to the page",
                f"a SELECT without a limit brought {rows} rows for {len(served.items(listing.items))} items",
                [*_places(served, text), served],
            )


def _answered(watch: Watch, listing: ListOperation) -> list[Served]:
    """The requests of the list that were answered with a list, one of them with items at least.

    Raises NotApplicable where none asked the database, Untested where there was nothing to be read.
    """
    if not any(served.statements for served in watch.own):
        raise NotApplicable("no statement of SQLAlchemy was executed for a request")
    asked = [served for served in watch.of(listing.operation) if served.ok and served.has_list(listing.items)]
    if not any(served.items(listing.items) for served in asked):
        raise Untested(f"{listing.label} answered with no items that can be counted")
    if not any(served.statements for served in asked):
        raise NotApplicable("the list executes no statement of SQLAlchemy")
    return asked


def _is_all(served: Served, rows: int, listing: ListOperation) -> bool:
    """Whether a statement brought every row that the list has, and not all of them were answered."""
    items = served.items(listing.items)
    total = served.number(listing.total) if listing.total else None
    return rows > len(items) and (rows == total if listing.total else rows > MANY)


def _pairs(asked: list[Served], listing: ListOperation) -> Iterator[tuple[Served, Served]]:
    """A short and a long page of the same list for the same caller; the two that are furthest apart, of each such list."""
    size = {name for name in (listing.size, listing.page, listing.offset, listing.cursor) if name}
    alike: dict[object, list[Served]] = {}
    for served in asked:
        rest = tuple(sorted((name, value) for name, value in served.query.items() if name not in size))
        alike.setdefault((served.who, served.path, rest), []).append(served)
    for same in alike.values():
        lengths = [(len(served.items(listing.items)), number) for number, served in enumerate(same)]
        (few, short), (many, long) = min(lengths), max(lengths)
        if many - few >= APART:
            yield same[short], same[long]


def _asked_for(watch: Watch, asked: list[Served], listing: ListOperation) -> Iterator[tuple[Served, Served]]:
    """The longest page that was seen, beside the same page asked for one item."""
    longest = max(asked, key=lambda served: len(served.items(listing.items)))
    if listing.size and len(longest.items(listing.items)) > APART:
        short = watch.again(longest, {listing.size: "1"})
        if short is not None and short.ok and len(short.items(listing.items)) == 1:
            yield short, longest


def _grown(short: Served, long: Served, listing: ListOperation) -> str:
    """The statement that is executed more often for more items, "" where there is none."""
    few, many = _counted(short), _counted(long)
    items = len(long.items(listing.items))
    return next((text for text, times in many.items() if few[text] + MORE <= times <= items + few[text]), "")


def _grown_again(watch: Watch, short: Served, long: Served, listing: ListOperation) -> str:
    """What grows when both are asked once more; nothing where the caller is no longer let in."""
    again = watch.again(short, {}), watch.again(long, {})
    if again[0] is None or again[1] is None or not (again[0].ok and again[1].ok):
        return ""
    return _grown(again[0], again[1], listing)


def _is_common(text: str, short: Served, asked: list[Served]) -> bool:
    """Whether the run itself has asked again: several requests executed the statement that often."""
    least = _counted(short)[text] + MORE
    return sum(_counted(served)[text] >= least for served in asked) >= OFTEN


def _counted(served: Served) -> Counter[str]:
    return Counter(one.text for one in served.statements if one.verb == "SELECT")


def _places(served: Served, text: str) -> list[Place]:
    return list(dict.fromkeys(one.place for one in served.statements if one.text == text and one.place))
