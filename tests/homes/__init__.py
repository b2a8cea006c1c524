"""Homes: small conformant services with what the reference has not, for the rules that are about it.

A module is a home, unless its name begins with `_`. It has `create_app()`; and where a run needs them `SIGNING_KEY`,
`ADMIN`, the name and password of an administrator, and `TOLD`, further fields of `Grants`. One that is about races
is `CONCURRENT`; the others answer one request after the other.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from compliance.catalogue import Catalogue
from compliance.depths import Examination
from compliance.result import Run
from compliance.run import judge
from compliance.target.credentials import Credentials
from compliance.target.document import fetch_document
from compliance.target.reach import Grants
from compliance.target.serving import serve
from tests.serial import Serial

HERE = Path(__file__).parent
HOMES = sorted(file.stem for file in HERE.glob("[!_]*.py"))


def everything(_: Examination) -> bool:
    return True


def judge_home(
    name: str,
    catalogue: Catalogue,
    choose: Callable[[Examination], bool] = everything,
    folder: Path = HERE,
) -> Run:
    """Serve a fresh home, or the copy of it with a fault in that folder, and judge it with every capability granted."""
    home = _module(folder / f"{name}.py")
    admin = getattr(home, "ADMIN", None)
    grants = Grants(
        writes=True,
        destructive=True,
        signing_key=getattr(home, "SIGNING_KEY", ""),
        credentials={"admin": Credentials("the tests", *admin)} if admin else {},
        **getattr(home, "TOLD", {}),
    )
    app = home.create_app()
    with serve(app if getattr(home, "CONCURRENT", False) else Serial(app), name) as base_url:
        return judge(catalogue, fetch_document(base_url), base_url, grants, choose=choose)


def _module(file: Path) -> ModuleType:
    """The module of a file, loaded anew each time; pydantic asks for it by name while its models are made."""
    name = f"home_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
