"""Which file holds."""

from __future__ import annotations

import pytest

from tests.configuration.folder import Folder

SHARED = "[tool.compliance]\nseed = 2\n"


def seed(folder: Folder) -> object:
    return folder.given().get("seed")


def test_either_file_and_neither(folder: Folder):
    assert seed(folder) is None
    folder.write(SHARED, "pyproject.toml")
    assert seed(folder) == (2, "pyproject.toml [tool.compliance]")
    folder.write("[project]\nname = 'theirs'", "pyproject.toml")
    assert seed(folder) is None
    folder.write("\ufeffseed = 1\r\n")
    assert seed(folder) == (1, "compliance.toml")


def test_both_in_one_folder_are_one_too_many(folder: Folder):
    folder.write(SHARED, "pyproject.toml")
    folder.write("seed = 1")
    assert folder.complaint() == (
        "compliance.toml and [tool.compliance] in pyproject.toml both configure the kit: keep one of them"
    )
    folder.options["--compliance-config"] = "compliance.toml"
    assert seed(folder) == (1, "compliance.toml")


def test_the_nearest_wins_up_to_the_root_of_the_project(folder: Folder):
    inner = folder.below("project", "services", "shop")
    folder.write("seed = 9")
    assert seed(inner) is None  # nothing says that the folder above belongs to it
    folder.write("[project]", "project/pyproject.toml")
    folder.write("seed = 3", "project/compliance.toml")
    assert seed(inner) == (3, "../../compliance.toml")
    folder.write(
        "[tool.other]", "project/services/pyproject.toml"
    )  # a root by itself, where no .git says more
    assert seed(inner) is None
    folder.below("project", ".git")
    assert seed(inner) == (3, "../../compliance.toml")
    folder.write(SHARED, "project/services/pyproject.toml")
    assert seed(inner) == (2, "../pyproject.toml [tool.compliance]")


def test_a_file_that_is_named_holds_alone(folder: Folder):
    folder.write("seed = 1")
    folder.write("seed = 4", "ci/other.toml")
    folder.write(SHARED, "ci/pyproject.toml")
    folder.environment["COMPLIANCE_CONFIG"] = "ci/other.toml"
    assert seed(folder) == (4, "ci/other.toml")
    folder.options["--compliance-config"] = "ci/pyproject.toml"
    assert seed(folder) == (2, "ci/pyproject.toml [tool.compliance]")
    folder.write("", "ci/pyproject.toml")
    assert folder.complaint() == "ci/pyproject.toml has no table [tool.compliance]"


def test_paths_in_a_file_are_meant_from_there(folder: Folder):
    inner = folder.below("services")
    folder.below(".git")
    folder.write('reports = ["json:out/x.json"]\nca = "ca.pem"\nopenapi = "docs/api.json"\napp = "shop:app"')
    settings = inner.settings()
    assert settings.reports == (f"json:{folder.path}/out/x.json",)
    assert (settings.ca, settings.openapi) == (f"{folder.path}/ca.pem", f"{folder.path}/docs/api.json")
    assert settings.folders == (str(inner.path), str(folder.path))

    inner.options = {"--compliance-report": ["json:y.json"], "--openapi": "http://127.0.0.1/x.json"}
    settings = inner.settings()
    assert (settings.reports, settings.openapi) == (("json:y.json",), "http://127.0.0.1/x.json")
    assert folder.settings().ca == "ca.pem"


@pytest.mark.parametrize("name", ["compliance.toml", "pyproject.toml"])
def test_a_folder_of_that_name_is_no_file(folder: Folder, name: str):
    folder.below(name)
    assert folder.given() == {}
