"""What blocks: in an operation, in a coroutine, behind a helper; and what waits without holding up anybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.rules.data.waiting import (
    nothing_blocks,
    nothing_blocks_further_away,
    operations_are_asynchronous,
)
from tests.source.projects import places, project, verdict

HEAD = """
import asyncio, shutil, smtplib, socket, sqlite3, subprocess, time
from functools import cache
from pathlib import Path

import boto3, httpx, redis, requests
from fastapi import BackgroundTasks, FastAPI
from redis import asyncio as aredis
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, sessionmaker

app = FastAPI()
cache_of_words = redis.Redis()
words = aredis.Redis()
engine = create_engine("sqlite://")
make = sessionmaker(engine)
"""
BLOCKING = [
    "time.sleep(1)",
    "requests.get('http://a')",
    "httpx.post('http://a')",
    "subprocess.run(['ls'])",
    "open('a').read()",
    "shutil.rmtree('a')",
    "smtplib.SMTP('a')",
    "socket.gethostbyname('a')",
    "sqlite3.connect('a')",
    "cache_of_words.get('a')",
    "db.execute('')",
    "db.query(1).all()",
    "engine.connect()",
    "boto3.client('s3').list_buckets()",
    "bucket = boto3.client('s3'); bucket.upload_file('a', 'b', 'c')",
    "Path('a').write_text('b')",
]
CALM = [
    "await asyncio.sleep(1)",
    "await words.get('a')",
    "await asyncio.to_thread(time.sleep, 1)",
    "await asyncio.to_thread(lambda: open('a').read())",
    "await adb.execute('')",
    "adb.add(1)",
    "db.add(1)",
    "async with httpx.AsyncClient() as client: await client.get('http://a')",
    "client = redis.Redis()",
    "words.lower()",
    "adb.info.get('a')",
    "bucket = boto3.client('s3'); bucket.generate_presigned_url('get_object')",
]


class TestOperations:
    @pytest.mark.parametrize("statement", BLOCKING)
    def test_a_plain_function_that_waits_is_found(self, tmp_path: Path, statement: str):
        text = f"@app.get('/')\ndef get(db: Session):\n    {statement}\n"
        source = project(tmp_path, {"app/main.py": f"{HEAD}\n{text}"})

        assert verdict(operations_are_asynchronous, source, source.routes[0]) == "violation"

    @pytest.mark.parametrize("statement", BLOCKING)
    def test_a_coroutine_is_none(self, tmp_path: Path, statement: str):
        text = f"@app.get('/')\nasync def get(db: Session):\n    {statement}\n"
        source = project(tmp_path, {"app/main.py": f"{HEAD}\n{text}"})

        assert verdict(operations_are_asynchronous, source, source.routes[0]) == "pass"

    @pytest.mark.parametrize(
        "text",
        [
            "def get(db: Session):\n    return helper(db)",
            "def get():\n    return Users().get()",
            "def get():\n    with make() as db:\n        return db.execute('')",
        ],
    )
    def test_what_waits_is_found_behind_what_it_calls(self, tmp_path: Path, text: str):
        below = "def helper(db): ...\n\nclass Users:\n    def get(self): return requests.get('http://a')\n"
        source = project(tmp_path, {"app/main.py": f"{HEAD}\n{below}\n@app.get('/')\n{text}\n"})

        assert places(operations_are_asynchronous, source, source.routes[0]) != []

    @pytest.mark.parametrize(
        "text",
        [
            "def get():\n    return {'words': ['a']}",
            "def get(tasks: BackgroundTasks):\n    tasks.add_task(time.sleep, 1)",
            "def get():\n    return settings()",
        ],
    )
    def test_one_that_computes_its_answer_is_left_alone(self, tmp_path: Path, text: str):
        below = "@cache\ndef settings(): return open('a').read()\n"
        source = project(tmp_path, {"app/main.py": f"{HEAD}\n{below}\n@app.get('/')\n{text}\n"})

        assert "nothing shows that it waits" in verdict(operations_are_asynchronous, source, source.routes[0])

    def test_a_websocket_is_no_operation(self, tmp_path: Path):
        text = "@app.websocket('/')\nasync def get(socket): await socket.accept()\n"

        assert project(tmp_path, {"app/main.py": f"{HEAD}\n{text}"}).routes == ()


class TestCoroutines:
    @pytest.mark.parametrize("statement", BLOCKING)
    def test_what_blocks_is_found(self, tmp_path: Path, statement: str):
        text = f"async def get(db: Session, adb: AsyncSession):\n    {statement}\n"

        assert len(places(nothing_blocks, project(tmp_path, {"app/main.py": f"{HEAD}\n{text}"}))) == 1

    @pytest.mark.parametrize("statement", CALM)
    def test_what_waits_for_itself_is_left_alone(self, tmp_path: Path, statement: str):
        text = f"async def get(db: Session, adb: AsyncSession):\n    {statement}\n"

        assert verdict(nothing_blocks, project(tmp_path, {"app/main.py": f"{HEAD}\n{text}"})) == "pass"

    @pytest.mark.parametrize(
        "text",
        [
            "async def get():\n    def read(): return open('a').read()\n    return await asyncio.to_thread(read)",
            "@asynccontextmanager\nasync def starts(app: FastAPI):\n    shutil.rmtree('a')\n    yield",
            "@app.on_event('startup')\nasync def start():\n    time.sleep(1)",
            "def get():\n    time.sleep(1)",
            "async def get(db: AsyncSession):\n    return await db.run_sync(lambda session: session.query(1))",
        ],
    )
    def test_what_a_thread_runs_or_no_request_waits_for_is_left_alone(self, tmp_path: Path, text: str):
        source = project(tmp_path, {"app/main.py": f"{HEAD}\n{text}\n"})

        assert verdict(nothing_blocks, source) == "pass"

    def test_a_parameter_hides_what_is_imported(self, tmp_path: Path):
        text = "async def get(requests: dict, socket): requests.get('a'); socket.gethostbyname('a')\n"

        assert verdict(nothing_blocks, project(tmp_path, {"app/main.py": HEAD + text})) == "pass"

    def test_a_coroutine_within_a_factory_is_read_too(self, tmp_path: Path):
        text = "def create():\n    @app.get('/')\n    async def get(): time.sleep(1)\n    return app\n"
        source = project(tmp_path, {"app/main.py": f"{HEAD}\n{text}"})

        assert len(places(nothing_blocks, source)) == 1

    def test_a_command_line_may_block(self, tmp_path: Path):
        cli = "import asyncio, time\nimport typer\n\nasync def run(): time.sleep(1)\n"

        assert verdict(nothing_blocks, project(tmp_path, {"app/main.py": HEAD, "app/cli.py": cli})) == "pass"

    def test_comments_of_the_target_silence_nothing(self, tmp_path: Path):
        text = "async def get():\n    open('a')  # noqa\n"

        assert len(places(nothing_blocks, project(tmp_path, {"app/main.py": f"{HEAD}\n{text}"}))) == 1


class TestHelpers:
    @pytest.mark.parametrize("statement", [one for one in BLOCKING if "db." not in one])
    def test_what_blocks_behind_a_helper_is_found(self, tmp_path: Path, statement: str):
        text = f"def helper():\n    {statement}\n\nasync def get():\n    helper()\n"
        source = project(tmp_path, {"app/main.py": f"{HEAD}\n{text}"})

        assert len(places(nothing_blocks_further_away, source)) == 1
        assert verdict(nothing_blocks, source) == "pass"

    def test_a_longer_way_is_followed(self, tmp_path: Path):
        text = """
def first(): second()
def second(): Mail().send()
class Mail:
    def send(self): smtplib.SMTP("a")
async def get(): first()
"""
        assert len(places(nothing_blocks_further_away, project(tmp_path, {"app/main.py": HEAD + text}))) == 1

    @pytest.mark.parametrize(
        "text",
        [
            "def helper(): time.sleep(1)\nasync def get(): await asyncio.to_thread(helper)",
            "@cache\ndef helper(): return open('a').read()\nasync def get(): helper()",
            "def helper():\n    time.sleep(1)\n    yield\nasync def get(): helper()",
            "def far(): return open('a').read()\ndef helper(): return far()\nasync def get(): helper()",
            "def helper(db: Session): db.execute('')\nasync def get(db: AsyncSession): await db.run_sync(helper)",
            "def helper(): time.sleep(1)\nasync def lifespan(app):\n    helper()\n    yield",
        ],
    )
    def test_what_holds_up_nobody_is_left_alone(self, tmp_path: Path, text: str):
        source = project(tmp_path, {"app/main.py": f"{HEAD}\n{text}\n"})

        assert verdict(nothing_blocks_further_away, source) == "pass"


STARTING = """
async def prepare():
    await tidy()

async def tidy():
    shutil.rmtree("a")

async def lifespan(app):
    await prepare()
    yield
"""


def judged_text(folder: Path, text: str) -> list[str]:
    return places(nothing_blocks, project(folder, {"app/__init__.py": "", "app/main.py": HEAD + text}))


def test_what_only_the_start_calls_holds_up_nobody(tmp_path: Path) -> None:
    assert judged_text(tmp_path, STARTING) == []


def test_what_a_request_may_call_as_well_does(tmp_path: Path) -> None:
    called = STARTING + '\n@app.post("/tidy")\nasync def ask():\n    await tidy()\n'

    assert len(judged_text(tmp_path, called)) == 1


def test_an_operation_is_none_of_the_start(tmp_path: Path) -> None:
    called = STARTING.replace("async def tidy", '@app.post("/tidy")\nasync def tidy')

    assert len(judged_text(tmp_path, called)) == 1


def test_reckoning_with_paths_is_no_look_at_the_disk(tmp_path: Path) -> None:
    text = "import os\nasync def work():\n    here = os.path.abspath(os.path.dirname(__file__))\n"

    assert judged_text(tmp_path, text) == []
    assert len(judged_text(tmp_path, text + "    os.path.exists(os.path.abspath(here))\n")) == 1


def test_a_file_hides_nothing_that_lies_further_away(tmp_path: Path) -> None:
    below = (
        "def render(): return Path('a').read_text()\n\ndef send(): smtplib.SMTP('a')\n\n"
        "def mail():\n    Path('b').read_text()\n    render()\n    send()\n"
    )
    text = f"{below}\nasync def get():\n    mail()\n"

    assert (
        len(places(nothing_blocks_further_away, project(tmp_path, {"app/main.py": f"{HEAD}\n{text}"}))) == 1
    )
