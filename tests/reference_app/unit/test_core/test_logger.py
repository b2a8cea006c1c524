import json

import pytest
import structlog

from reference_app.utils.logger import configure_logging, get_logger


@pytest.fixture(autouse=True)
def _restored() -> object:
    yield
    structlog.reset_defaults()


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        get_logger("somewhere").info("happened", count=2)
    line = json.loads(capsys.readouterr().out)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "happened",
        "module": "somewhere",
        "level": "info",
        "count": 2,
        "request_id": "abc",
    }


def test_lower_levels_are_silent(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("ERROR")
    get_logger("somewhere").warning("ignored")
    assert capsys.readouterr().out == ""


def test_secrets_are_redacted(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    get_logger("somewhere").info(
        "login", password="hunter2", Authorization="Bearer abc", email="a@example.com"
    )
    written = capsys.readouterr().out
    assert "hunter2" not in written
    assert "Bearer" not in written
    assert json.loads(written)["password"] == "[redacted]"


def test_an_exception_has_its_stack_but_no_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    secret = "hun" + "ter2"
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        get_logger("somewhere").exception("failed")
    written = capsys.readouterr().out
    assert "RuntimeError: broken" in json.loads(written)["exception"]
    assert secret not in written
