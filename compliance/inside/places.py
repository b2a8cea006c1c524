"""Where in the service's own code something happens: the frames of a stack that are no library's."""

from __future__ import annotations

import linecache
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, TracebackType

from compliance.result import Place

#: Folders of what is installed, wherever they lie.
_INSTALLED = frozenset({"site-packages", "dist-packages", ".venv", "venv", "node_modules"})
#: What calls the service: its time is its own, unless it has called the service again.
_FRAMEWORK = frozenset({"starlette", "fastapi", "uvicorn"})
#: The kit itself, which may lie beside the service.
_KIT = Path(__file__).resolve().parents[1]
#: Characters of a line that are shown.
_SHOWN = 120


class Code:
    """The service's own code: the package of its application, and what lies beside that and is not installed."""

    def __init__(self, module: str) -> None:
        """module: the name of the imported module in which the application is."""
        self.package = _folder_of(module)
        self.root = self.package.parent if (self.package / "__init__.py").exists() else self.package
        self._known: dict[str, int] = {}

    def rank(self, file: str) -> int:
        """2 for a file of the package, 1 for one beside it, 0 for a foreign one."""
        known = self._known.get(file)
        if known is None:
            known = self._known[file] = self._rank(file)
        return known

    def _rank(self, file: str) -> int:
        path = Path(file)
        if not path.is_absolute():  # `<string>`, `<frozen importlib>`
            return 0
        path = path.resolve()
        if path.is_relative_to(_KIT):
            return 0
        if path.is_relative_to(self.package) and not _installed(path, self.package):
            return 2
        return int(path.is_relative_to(self.root) and not _installed(path, Path("/")))

    def here(self, frame: FrameType | None = None) -> Place | None:
        """The place at which the service stands, its package first, None where no frame is its own."""
        return self.of(frames_of(frame or sys._getframe(1)))

    def of(self, frames: Iterator[FrameType]) -> Place | None:
        """The first frame of the package, else the first of the service, among frames from the innermost outwards."""
        beside: FrameType | None = None
        for frame in frames:
            rank = self.rank(frame.f_code.co_filename)
            if rank == 2:
                return self.place(frame.f_code.co_filename, frame.f_lineno)
            beside = beside or (frame if rank else None)
        return self.place(beside.f_code.co_filename, beside.f_lineno) if beside else None

    def own(self, frame: FrameType | None) -> FrameType | None:
        """The innermost frame that is the service's own; none where the framework works for itself, as between
        middleware and endpoint."""
        while frame is not None and not self.rank(frame.f_code.co_filename):
            if not _FRAMEWORK.isdisjoint(Path(frame.f_code.co_filename).parts):
                return None
            frame = frame.f_back
        return frame

    def raised(self, trace: TracebackType | None) -> Place | None:
        """The innermost place of the service that an exception went through."""
        found: Place | None = None
        best = 0
        while trace is not None:
            rank = self.rank(trace.tb_frame.f_code.co_filename)
            if rank >= max(best, 1):
                best, found = rank, self.place(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
            trace = trace.tb_next
        return found

    def defined(self, code: CodeType) -> Place:
        return self.place(code.co_filename, code.co_firstlineno)

    def place(self, file: str, line: int, note: str = "") -> Place:
        path = Path(file).resolve()
        shown = path.relative_to(self.root) if path.is_relative_to(self.root) else path
        text = linecache.getline(file, line).strip()
        return Place(shown.as_posix(), line, text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …", note)


def frames_of(frame: FrameType | None) -> Iterator[FrameType]:
    """From a frame outwards; beyond the greenlet in which SQLAlchemy turns waiting into blocking, to who called it."""
    while frame is not None:
        yield frame
        frame = frame.f_back
    greenlets = sys.modules.get("greenlet")
    parent = greenlets.getcurrent().parent if greenlets is not None else None
    while parent is not None:
        frame = parent.gr_frame
        while frame is not None:
            yield frame
            frame = frame.f_back
        parent = parent.parent


def most(places: Sequence[Place]) -> Place:
    """The place that stands there most often."""
    return Counter(places).most_common(1)[0][0]


def _folder_of(module: str) -> Path:
    """The folder of the outermost package of a module; of a module that is in none, the folder that it lies in."""
    top = sys.modules.get(module.partition(".")[0])
    files = [Path(file) for file in [getattr(top, "__file__", None), *getattr(top, "__path__", [])] if file]
    if not files:
        return Path.cwd()
    first = files[0].resolve()
    return first if first.is_dir() else first.parent


def _installed(path: Path, below: Path) -> bool:
    return bool(_INSTALLED & set(path.relative_to(below).parts))
