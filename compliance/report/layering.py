"""Which layer each module of a source tree belongs to, and why: as a table, as TOML to correct, as data."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from compliance.report.pasting import quoted
from compliance.report.plain import counted
from compliance.report.typeset import Sheet, cells
from compliance.source.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from compliance.source import Source

#: The widest column of modules; a longer name moves what stands beside it.
_WIDEST = 48
_UNPLACED = "-"
_HEAD = """\
# The layers of {}, as they show. Keep what you correct and delete the rest: it is inferred anew each time.
# `*` stands for one part of a name, `**` for any number. In compliance.toml the table is called [source.layers]."""


def render(source: Source, *, width: int, colour: bool, unicode: bool) -> str:
    """A line for each module: its name, its layer, the reason."""
    sheet = Sheet(width, colour, unicode)
    sheet.put((source.label, "bold"), *(f" · {one}" for one in _counts(source)))
    sheet.blank()
    names = min(max((cells(sheet.clean(name)) for name in source.layers), default=0), _WIDEST)
    layers = max(len(layer) for layer in LAYERS)
    for name, one in sorted(source.layers.items()):
        gap = " " * max(names - cells(sheet.clean(name)), 0)
        sheet.put(
            f"  {name}{gap}  ",
            (one.layer or _UNPLACED, "cyan" if one.layer else "yellow"),
            " " * (layers - len(one.layer or _UNPLACED) + 2),
            (one.reason or "nothing tells it", "dim"),
            hang=names + layers + 6,
        )
    _unread(sheet, source)
    return str(sheet)


def toml(source: Source) -> str:
    """A table that the configuration accepts, and under which every module has the layer that it has without."""
    known = {name: one.layer for name, one in source.layers.items()}
    blocks = [_HEAD.format(source.label), "[tool.compliance.source.layers]"]
    for layer in LAYERS:
        patterns = _patterns(layer, known)
        if patterns:
            blocks.append("\n".join([f"{layer} = [", *(f"    {quoted(one)}," for one in patterns), "]"]))
    nowhere = [name for name, layer in sorted(known.items()) if not layer]
    if nowhere:
        lines = ["# No layer shows for these:", *(f"#   {name}" for name in nowhere)]
        blocks.append("\n".join(lines))
    return "\n".join(blocks) + "\n"


def data(source: Source) -> dict[str, Any]:
    """The same as plain data; a layer that does not show is null."""
    return {
        "package": source.package,
        "modules": [
            {
                "module": module.name,
                "file": module.file,
                "layer": source.layer(module) or None,
                "reason": source.layers[module.name].reason,
            }
            for module in sorted(source.index.modules.values(), key=lambda one: one.name)
        ],
        "unread": [{"file": file, "reason": reason} for file, reason in sorted(source.unread.items())],
    }


def _counts(source: Source) -> Iterator[str]:
    """How many modules there are, and of which layers."""
    yield counted(len(source.modules), "module")
    of = Counter(one.layer for one in source.layers.values())
    yield from (f"{layer} {of[layer]}" for layer in LAYERS if of[layer])
    if of[""]:
        yield f"no layer {of['']}"


def _unread(sheet: Sheet, source: Source) -> None:
    if source.unread:
        sheet.blank()
        sheet.put((f"Not read: {len(source.unread)}", "bold"))
        for file, reason in sorted(source.unread.items()):
            sheet.put(f"  {file}  ", (reason, "dim"), hang=4)


def _patterns(layer: str, known: Mapping[str, str]) -> list[str]:
    """The modules of a layer; a package that is of one layer with all that lies in it in two patterns."""
    found: list[str] = []
    for name in sorted(name for name, its in known.items() if its == layer):
        if any(name.startswith(one.removesuffix("**")) for one in found if one.endswith(".**")):
            continue
        found.append(name)
        below = [its for other, its in known.items() if other.startswith(f"{name}.")]
        if len(below) > 1 and _is_all(layer, below):
            found.append(f"{name}.**")
    return found


def _is_all(layer: str, layers: Iterable[str]) -> bool:
    return all(one == layer for one in layers)
