"""Write the pages of the rules, docs/rules, anew. With --check nothing is written: what differs is named, and the status is 1."""

from __future__ import annotations

import sys
from pathlib import Path

from compliance.catalogue import load
from compliance.report.pages import pages
from compliance.report.telling import PAGES

FOLDER = Path(__file__).parents[1] / PAGES


def stale(folder: Path = FOLDER) -> dict[str, str | None]:
    """The files that differ from what they should be: name -> text, None for one that should not be there."""
    wanted: dict[str, str | None] = {**pages(load())}
    there = {file.name: file.read_bytes() for file in folder.glob("*") if file.is_file()}
    changed = {
        name: text for name, text in wanted.items() if text is None or there.get(name) != text.encode()
    }
    return changed | {name: None for name in there if name not in wanted}


def write(folder: Path = FOLDER) -> list[str]:
    """Make the pages what they should be, and say which were not."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = stale(folder)
    for name, text in changed.items():
        if text is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(text.encode())
    return sorted(changed)


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        names = sorted(stale())
        if names:
            print(f"{PAGES} is stale ({', '.join(names)}): run `make docs`", file=sys.stderr)
        return 1 if names else 0
    print("\n".join(f"{PAGES}/{name}" for name in write()) or f"{PAGES} is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
