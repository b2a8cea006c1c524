"""The inside of a service in its answers: patterns that no sentence for a client ever matches."""

from __future__ import annotations

import re

_SOURCE = r"\.(?:py|pyc|js|ts|mjs|java|kt|rb|php|go|cs|rs|scala|ex)"
#: What is shown, and how it looks. A quote or a line feed may be escaped, as it stands in JSON.
_SIGNS = {
    "a traceback": (
        r"Traceback \(most recent call last\)"
        r"|File \\?\"[^\"\n]{1,200}\\?\", line \d+"
        r"|\bat [\w.$<>/]+\([\w$]+\.(?:java|kt|scala|groovy):\d+\)"
        r"|\bat [^\n]{1,150} in [^\n]{1,200}\.cs:line \d+"
        r"|\bat [^\n]{0,80}\(?(?:file://)?/[^\s\"]{1,200}\.[cm]?[jt]s:\d+:\d+"
        r"|\bgoroutine \d+ \[\w"
        r"|\.rb:\d+:in [`']"
        r"|\bPHP (?:Fatal|Parse) error:|\bin /[^\s\"]{1,200}\.php(?: on line |:)\d+"
        r"|thread '[^'\n]{1,60}' panicked at "
    ),
    "the path of a source file": (
        rf"(?<![\w.:/])/(?:usr|home|Users|app|opt|srv|var|code|data|mnt|tmp|workspaces?|root|src)/(?:[\w.@+-]+/)*[\w.@+-]+{_SOURCE}\b"
        rf"|\b[A-Z]:(?:\\\\?[\w. -]+)+{_SOURCE}\b"
        r"|\b(?:site|dist)-packages/\w|\bnode_modules/[\w@]"
    ),
    "a statement of SQL": (
        r"\[SQL: |\[parameters: [\[({]"
        r"|\bSELECT (?:DISTINCT )?[\w\"`.*(][^;\n]{0,400}? FROM [\w\"`.]+ (?:WHERE|AS|JOIN|LEFT|INNER|ORDER|GROUP|LIMIT)\b"
        r"|\bINSERT INTO [\w\\\"`.]+ ?\("
        r"|\bUPDATE [\w\\\"`.]+ SET [\w\\\"`.]+ ?="
        r"|\bDELETE FROM [\w\\\"`.]+ WHERE\b"
        r"|You have an error in your SQL syntax|\bSQLSTATE\b|\bORA-\d{5}\b"
        r"|near \\?\"[^\"\n]{0,60}\": syntax error|unterminated quoted string at or near"
    ),
    "the name of a constraint": (
        r"\b(?:UNIQUE|NOT NULL|FOREIGN KEY|CHECK|PRIMARY KEY) constraint failed"
        r"|violates (?:unique|foreign key|not-null|check|exclusion) constraint"
        r"|\bDuplicate entry '[^'\n]*' for key\b|\bCannot add or update a child row: a foreign key"
        r"|\bKey \([\w, ()\"\\:]{1,100}\)=\(.{0,200}?\) (?:already exists|is not present|is still referenced)"
        r"|\bFailing row contains \(|\bnull value in column \\?\"\w+|\bE11000 duplicate key error"
        r"|\bCannot insert (?:duplicate key|the value NULL)"
        r"|\b\w+_(?:pkey|fkey)\b|\b(?:uq|fk|ix)_[a-z0-9]+_[a-z0-9_]*[a-z0-9]\b"
    ),
    "a class of a library": (
        r"\b(?:sqlalchemy|psycopg2?|psycopg2\.errors|asyncpg|aiosqlite|sqlite3|pymysql|aiomysql|MySQLdb|mysql\.connector"
        r"|pymongo|peewee|tortoise|django\.db|pyodbc|cx_Oracle|oracledb|pydantic_core|starlette|fastapi|uvicorn)"
        r"\.(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Violation)\b"
        r"|\bsqlalche\.me/|<class '\w+(?:\.\w+)+'>|<\w+(?:\.\w+)* object at 0x[0-9a-f]+>"
        r"|\b(?:java|javax|jakarta|kotlin|org\.(?:hibernate|springframework|postgresql)|com\.mysql|System|Microsoft)"
        r"\.(?:\w+\.)*[A-Z]\w*(?:Exception|Error)\b"
        r"|\bPrismaClient\w+Error\b|\bSequelize\w+Error\b|\bPSQLException\b|\bQueryFailedError\b"
    ),
    "a message of the database": (
        r"\bNo row was found when one was required\b|\bMultiple rows were found when (?:exactly )?one\b"
        r"|\binvalid input for query argument \$\d|\binvalid input syntax for type \w+: "
        r"|\bcurrent transaction is aborted, commands ignored"
    ),
    "the page of a debugger": (
        r"<title>[^<\n]{0,200}(?:Werkzeug Debugger|Starlette Debugger)|\bWerkzeug Debugger\b|<h1>Traceback"
        r"|You're seeing this error because you have <code>DEBUG = True|Whoops, looks like something went wrong"
        r"|Action Controller: Exception caught|<title>[^<\n]{0,100} at /[^<\n]{0,100}</title>"
    ),
}
_NAMES = tuple(_SIGNS)
_INSIDE = re.compile("|".join(f"(?P<s{number}>{sign})" for number, sign in enumerate(_SIGNS.values())))
#: Characters of an answer that are searched.
_MOST = 100_000


def inside_of(text: str, sent: str) -> tuple[str, str] | None:
    """What a text shows of the inside and where it does, the first that the client did not send itself."""
    for hit in _INSIDE.finditer(text[:_MOST]):
        if hit[0] not in sent:
            return _NAMES[int((hit.lastgroup or "s0")[1:])], hit[0]
    return None
