from __future__ import annotations

import errno
import json
import os
import stat
import sys
from pathlib import Path
from types import ModuleType

import pytest

from compliance.report import files
from compliance.report.document import document
from compliance.report.files import Kind, ReportError, Spec, check, parse, write
from compliance.report.view import Report
from compliance.verdict import decide
from tests.report.making import a_catalogue, a_rule, a_run, broken, passed

DOCUMENT = {"schema": "urn:fastapi-compliance:result:1", "word": "compliant ✓", "null": None}
#: Of another version of the kit.
OLD = '{ "schema": "urn:fastapi-compliance:result:0", "word": "old" }'
REPORT = Report(DOCUMENT)
MUST = a_rule("PAG-003")
#: Files of other people, some of them much like ours.
FOREIGN = (
    "x",
    '{"old": 1}',
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="pytest tests">',
    '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [{"tool": {"driver": {"name": "ruff"}}}]}',
    '[\n  {\n    "description": "F401",\n    "check_name": "unused-import"\n  }\n]',
    "## Compliance: what we do\n\nWe comply.\n",
    '{"schemaVersion": 1, "label": "coverage"}',
    '<svg xmlns="http://www.w3.org/2000/svg" aria-label="coverage: 90%">',
    "compliance is a virtue",
    "::notice title=built::yes",
    "\udce4".encode("utf-8", "surrogateescape").decode("latin-1"),
)


@pytest.fixture
def spec(tmp_path):
    return Spec("json", tmp_path / "result.json")


@pytest.fixture
def umask():
    old = os.umask(0o027)
    yield 0o027
    os.umask(old)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_spec_is_a_kind_and_a_path():
    assert parse("json:out/result.json") == Spec("json", Path("out/result.json"))
    assert parse("json") == Spec("json", Path("compliance-result.json"))
    assert parse("json:C:\\x") == Spec("json", Path("C:\\x"))
    assert str(parse("json:a")) == "json:a"
    assert parse("json:~/a").path == Path("~/a").expanduser()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("result.json", "names no kind.*json:result.json"),
        ("", "names no kind.*json:result.json"),
        ("jsn:x", "kind 'jsn': did you mean json?"),
        ("JSON:x", "did you mean json?"),
        ("pdf:x", "kind 'pdf': the kinds are json"),
        (":x", "the kinds are json"),
        ("json:", "names no file"),
        ("json:  ", "names no file"),
        ("json:out/", "names a folder"),
        ("json:~nobody-of-that-name/x", "names no file"),
    ],
)
def test_a_wrong_spec_is_explained(text, words):
    with pytest.raises(ReportError, match=words):
        parse(text)


def test_a_further_kind_is_one_entry(monkeypatch, tmp_path):
    module = ModuleType("compliance.report.kinds.word")
    module.render = lambda report: report.document["word"]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(files.KINDS, "word", Kind("word", "word.txt", b""))
    assert parse("word") == Spec("word", Path("word.txt"))
    write(parse(f"word:{tmp_path}/w"), REPORT)
    assert (tmp_path / "w").read_text("utf-8") == "compliant ✓"


def test_a_report_is_written_and_replaced(spec):
    spec.path.write_text(OLD)
    check(spec)
    write(spec, REPORT)
    assert json.loads(spec.path.read_text("utf-8")) == DOCUMENT
    assert names(spec.path.parent) == ["result.json"]


@pytest.mark.parametrize("results", [[], [passed(MUST)], [broken(MUST)]], ids=["nothing", "holds", "broken"])
@pytest.mark.parametrize("kind", files.KINDS)
def test_a_report_of_its_kind_is_replaced_and_no_other_file(tmp_path, monkeypatch, kind, results):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    run = a_run(*results)
    report = Report(document(run, decide(run), a_catalogue(MUST)))
    spec = Spec(kind, tmp_path / "report")
    spec.path.touch()
    write(spec, report)
    check(spec)
    write(spec, report)
    for other in set(files.KINDS) - {kind}:
        with pytest.raises(ReportError, match=r"report stays as it is, .* or move that one away first"):
            check(Spec(other, spec.path))
    for theirs in FOREIGN:
        spec.path.write_text(theirs)
        with pytest.raises(ReportError, match="holds something else"):
            write(spec, report)
        assert spec.path.read_text() == theirs


def test_a_report_is_asked_for_once(tmp_path):
    wanted = ["github", f"json:{tmp_path}/a", "github:-", f"json:{tmp_path}/a"]
    assert files.asked(wanted) == [Spec("github", files.PRINTED), Spec("json", tmp_path / "a")]


def test_checking_leaves_nothing_behind(spec):
    check(spec)
    assert names(spec.path.parent) == []


def test_a_new_report_has_the_permissions_of_any_new_file(spec, umask):
    write(spec, REPORT)
    assert stat.S_IMODE(spec.path.stat().st_mode) == 0o666 & ~umask


def test_a_replaced_report_keeps_its_permissions(spec, umask):
    spec.path.touch()
    spec.path.chmod(0o604)
    write(spec, REPORT)
    assert stat.S_IMODE(spec.path.stat().st_mode) == 0o604


def folder(path):
    path.mkdir()


def fifo(path):
    os.mkfifo(path)


def link(path):
    target = path.with_name("elsewhere")
    target.write_text("kept")
    path.symlink_to(target)


def dangling(path):
    path.symlink_to("nowhere")


def protected(path):
    path.write_text("kept")
    path.chmod(0o444)


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (folder, "it is a folder"),
        (fifo, "other than a regular file"),
        (link, "other than a regular file"),
        (dangling, "other than a regular file"),
        (protected, "write-protected"),
    ],
)
@pytest.mark.parametrize("attempt", [check, lambda spec: write(spec, REPORT)], ids=["check", "write"])
def test_only_a_regular_file_is_replaced(spec, prepare, words, attempt):
    prepare(spec.path)
    before = names(spec.path.parent)
    with pytest.raises(ReportError, match=words):
        attempt(spec)
    assert names(spec.path.parent) == before
    assert not spec.path.is_file() or spec.path.read_text() == "kept"


@pytest.mark.parametrize("attempt", [check, lambda spec: write(spec, REPORT)], ids=["check", "write"])
@pytest.mark.parametrize("path", ["missing/result.json", "file/result.json", "x" * 300, "nul\0"])
def test_a_path_that_cannot_be_written(tmp_path, path, attempt):
    (tmp_path / "file").touch()
    with pytest.raises(ReportError, match="cannot write json:"):
        attempt(Spec("json", tmp_path / path))
    assert names(tmp_path) == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_is_write_protected(spec):
    spec.path.parent.chmod(0o555)
    with pytest.raises(ReportError, match="Permission denied"):
        check(spec)


def full_disk(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def interrupt(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(("failure", "raised"), [(full_disk, ReportError), (interrupt, KeyboardInterrupt)])
def test_a_failure_while_writing_leaves_the_old_report(spec, monkeypatch, step, failure, raised):
    spec.path.write_text(OLD)
    monkeypatch.setattr(os if step == "fsync" else Path, step, failure)
    with pytest.raises(raised):
        write(spec, REPORT)
    assert spec.path.read_text() == OLD
    assert names(spec.path.parent) == ["result.json"]


def test_a_document_that_is_not_json_touches_nothing(spec):
    spec.path.write_text(OLD)
    with pytest.raises(TypeError):
        write(spec, Report({"a": object()}))
    with pytest.raises(ValueError, match="JSON"):
        write(spec, Report({"a": float("nan")}))
    assert names(spec.path.parent) == ["result.json"]
    assert spec.path.read_text() == OLD
