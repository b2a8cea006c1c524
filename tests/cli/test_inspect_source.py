"""`compliance inspect --source`: the layers of the code, and a table of them that holds."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import pytest

from compliance import cli
from compliance.source import read_source

FILES = {
    "shop/__init__.py": "",
    "shop/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    "shop/services/__init__.py": "",
    "shop/services/orders.py": "import shop\n",
    "shop/services/mail.py": "",
    "shop/services/routes.py": "",
    "shop/repositories/__init__.py": "",
    "shop/repositories/orders.py": "",
    "shop/repositories/users.py": "",
    "shop/words.py": "",
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("COMPLIANCE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_line_for_each_module(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inspect", "--source", "."]) == 0

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0].startswith("shop · 10 modules · ") or lines[0].startswith("shop | 10 modules | ")
    assert "services 3" in lines[0]
    assert "shop.main root it builds the application" in lines
    assert "shop.services.mail services it lies in services" in lines
    assert "shop.words - nothing tells it" in lines


def test_a_project_of_which_nothing_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.py").write_text("from fastapi import FastAPI\napp = FastAPI(\n")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["inspect", "--source", "."]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] in (f"{tmp_path.name} {dot} 0 modules" for dot in "·|")

    assert cli.main(["check", "--source", "."]) == 3
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.count("were decided on none of their subjects: main.py could not be read") == 1
    assert shown.count("on none of") < 5


def test_what_is_pasted_leaves_all_layers_as_they_are(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inspect", "--target-source=.", "--toml"]) == 0

    text = capsys.readouterr().out
    stated = tomllib.loads(text)["tool"]["compliance"]["source"]["layers"]
    assert stated["repositories"] == ["shop.repositories", "shop.repositories.**"]
    assert stated["services"] == ["shop.services", "shop.services.mail", "shop.services.orders"]
    assert stated["api"] == ["shop.services.routes"]
    assert "#   shop.words" in text.splitlines()
    before, after = read_source(shop), read_source(shop, layers=stated)
    assert {name: one.layer for name, one in before.layers.items()} == {
        name: one.layer for name, one in after.layers.items()
    }
    (shop / "pyproject.toml").write_text(text)
    assert cli.main(["inspect", "--source=."]) == 0
    assert "configured: shop.repositories.**" in capsys.readouterr().out


def test_for_machines(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "shop" / "broken.py").write_text("def broken(:\n")
    assert cli.main(["inspect", "--source=.", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["package"] == "shop"
    assert {
        "module": "shop.main",
        "file": "shop/main.py",
        "layer": "root",
        "reason": "it builds the application",
    } in told["modules"]
    assert {one["module"]: one["layer"] for one in told["modules"]}["shop.words"] is None
    assert [one["file"] for one in told["unread"]] == ["shop/broken.py"]


def test_what_could_not_be_read_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "shop" / "broken.py").write_text("def broken(:\n")
    assert cli.main(["inspect", "--source=."]) == 0
    assert "Not read: 1" in capsys.readouterr().out


def test_the_package_is_said(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "other").mkdir()
    (shop / "other" / "__init__.py").write_text("")
    (shop / "other" / "main.py").write_text(FILES["shop/main.py"])
    assert cli.main(["inspect", "--source=."]) == 2
    assert "more than one package may be the service: other, shop" in capsys.readouterr().err
    assert cli.main(["inspect", "--source=.", "--package=other"]) == 0
    assert "other.main" in capsys.readouterr().out


def test_a_source_that_is_configured(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "compliance.toml").write_text(
        '[source]\nfolder = "."\n[source.layers]\nshared = ["shop.words"]\n'
    )
    assert cli.main(["inspect"]) == 0
    assert "configured: shop.words" in capsys.readouterr().out


def test_a_source_beside_a_service(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inspect", "http://127.0.0.1:1", "--source=."]) == 2
    assert "inspect one at a time" in capsys.readouterr().err


def test_a_folder_with_no_service(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "empty").mkdir()
    assert cli.main(["inspect", "--source=empty"]) == 2
    assert "holds no Python of a service" in capsys.readouterr().err
