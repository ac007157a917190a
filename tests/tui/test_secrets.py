"""A canary in every place where a secret or a credential is: it is in nothing that is shown, logged, drawn or kept."""

import asyncio
import base64
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kubetui.client.errors import ApiError
from kubetui.client.protobuf import decoder
from kubetui.client.wirejson import decode_answer, decode_json
from kubetui.client.wireprotobuf import ProtobufListReader
from kubetui.live.whole import Identity, Whole
from kubetui.read import At, Object, Read
from kubetui.resource import resource
from kubetui.tui import session
from kubetui.tui.app import Explorer
from tests.fake.apiserver import FakeApiServer, an_object
from tests.fake.front import kubeconfig
from tests.live.engine import api_on
from tests.tui.exploring import Person, exploring
from tests.tui.shop import made, pod, shop

CANARY = "c4n4ry-of-the-m1ne"
ENCODED = base64.b64encode(CANARY.encode()).decode()
TOKEN = "t0k3n-of-the-m1ne"
LAST = "kubectl.kubernetes.io/last-applied-configuration"
SECRET = "/api/v1/namespaces/shop/secrets/db"


def secret(value: str = ENCODED) -> dict[str, Any]:
    applied = json.dumps({"data": {"password": value}, "stringData": {"plain": CANARY}})
    return made(
        an_object(
            "v1", "Secret", "db", "shop", uid="db", type="Opaque", data={"password": value}, annotations={LAST: applied}
        )
    )


@pytest.fixture(autouse=True)
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever the level, no line of any logger has a secret."""
    caplog.set_level(logging.DEBUG)
    yield
    told = "\n".join(caplog.handler.format(record) for record in caplog.records)
    assert clean(told)


def clean(text: str) -> bool:
    return not any(each in text for each in (CANARY, ENCODED, TOKEN))


def with_token(url: str) -> str:
    return kubeconfig(url).replace("fake-token", TOKEN)


async def test_the_kubeconfig_of_these_tests_has_the_token() -> None:
    assert TOKEN in with_token("http://x")


async def at_the_secret(person: Person) -> None:
    await person.press("colon")
    await person.type("secrets")
    await person.press("enter")
    await person.sees("Secrets 1")
    await person.press("enter")
    await person.sees("Overview")


async def looked_through(person: Person) -> None:
    """Every tab, and a picture of each."""
    for _ in range(3):
        await person.pilot.pause(0.1)
        assert clean(person.screen)
        assert clean(person.app.export_screenshot())
        await person.press("tab")


async def test_no_tab_no_copy_no_file_and_no_picture_has_a_value_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    server = shop()
    server.holds(secret())
    async with exploring(server, tmp_path, config=with_token) as person:
        await person.live()
        await at_the_secret(person)
        await looked_through(person)
        await person.press("escape", "y")
        await person.sees("kind: Secret", "values masked")
        await person.press("c", "ctrl+s")
        await person.sees("Saved to")
        assert clean(person.app.clipboard)
        await person.press("x", "home", "enter")
        await person.sees(CANARY, "1 value decoded")
        await person.press("x", "end", "enter")
        await person.sees("values masked")
        assert clean(person.screen)
    assert is_clean_and_private(tmp_path)


def is_clean_and_private(folder: Path, *, gone: bool = False) -> bool:
    """Of the one file that was saved; it may be taken away."""
    [saved] = folder.glob("*.yaml")
    told, mode = saved.read_text(), saved.stat().st_mode & 0o777
    if gone:
        saved.unlink()
    return clean(told) and mode == 0o600


def given_in_plain_sight() -> list[dict[str, Any]]:
    """A pod and an object that is told as it comes, whose containers have a password among their variables."""
    env = [{"name": "DB_PASSWORD", "value": CANARY}, {"name": "DB_URL", "value": f"pg://shop:{TOKEN}@db/shop"}]
    spec = {"containers": [{"name": "main", "image": "shop/web:1", "env": env}]}
    applied = {LAST: json.dumps({"spec": spec})}
    found = pod("web", "x2k1p", "node-1")
    found["spec"] |= spec
    other = an_object("v1", "ConfigMap", "nightly", "shop", uid="cm", spec={"jobTemplate": {"spec": spec}})
    for each in (found, other):
        each["metadata"]["annotations"] = applied
    return [found, made(other)]


async def test_passwords_in_plain_sight_are_masked_in_each_tab_copy_file_and_drawer_until_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    server = shop()
    server.holds(*given_in_plain_sight())
    async with exploring(server, tmp_path, size=(200, 50)) as person:
        await person.live()
        for word, title in (("po x2k1p", "Pods"), ("cm", "Configmaps")):
            kind, _, name = word.partition(" ")
            await person.type(f":{kind}" + (f" /{name}" if name else ""))
            await person.press("enter")
            await person.sees(title)
            await person.live()
            await person.press("home")
            await person.sees("**** 18 bytes")
            await person.press("enter")
            await person.sees("Overview", "**** 18 bytes")
            await looked_through(person)
            await person.press("escape", "y")
            await person.sees("values masked (x)")
            await person.press("c", "ctrl+s")
            await person.until(lambda: bool(list(tmp_path.glob("*.yaml"))), "a saved file")
            assert clean(person.app.clipboard) and is_clean_and_private(tmp_path, gone=True)
            await person.press("x")
            await person.sees("show main/DB_PASSWORD", "show main/DB_URL", "hide all")
            await person.press("home", "enter")
            await person.sees(CANARY, "1 value")
            assert TOKEN not in person.screen
            await person.press("x", "end", "enter")
            await person.sees("values masked (x)")
            await person.press("escape", "escape", "escape")


async def test_a_list_and_the_drawer_have_no_value(tmp_path: Path) -> None:
    server = shop()
    server.holds(secret())
    async with exploring(server, tmp_path, size=(200, 50)) as person:
        await person.live()
        await person.press("colon")
        await person.type("secrets")
        await person.press("enter")
        await person.sees("Secrets 1", "password")
        assert clean(person.screen)


async def test_a_delete_a_refusal_that_tells_all_and_the_journal_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = tmp_path / "journal"
    monkeypatch.setattr(session, "journal_file", lambda: journal)
    server = shop()
    server.holds(secret())
    server.refuses("DELETE *", 422, f"admission webhook: {CANARY} {ENCODED}")
    async with exploring(server, tmp_path, config=with_token) as person:
        await person.live()
        await person.press("colon")
        await person.type("secrets")
        await person.press("enter")
        await person.sees("Secrets 1")
        await person.press("ctrl+d")
        await person.sees("Delete secret/db")
        await person.press("right", "enter")
        await person.sees("delete failed")
    assert clean(await asyncio.to_thread(journal.read_text))


@pytest.mark.parametrize("cut", [1, 2, 20, 60])
async def test_a_secret_that_came_garbled_is_not_in_what_is_told_of_that(cut: int) -> None:
    body = {"apiVersion": "v1", "data": {"password": ENCODED}, "stringData": {"plain": CANARY}, "kind": "Secret"}
    raw = json.dumps(body).encode()[:-cut]
    server = FakeApiServer()
    server.answers(SECRET, 200, {"content-type": "application/json"}, raw, times=None)
    whole = Whole(api_on(server), Identity(resource("v1", "secrets", "Secret"), "shop", "db"))
    told = asyncio.Event()
    whole.listeners.append(lambda: told.set() if whole.state.why else None)
    running = asyncio.create_task(whole.run())
    await asyncio.wait_for(told.wait(), 10)
    running.cancel()
    assert clean(whole.state.why) and clean(repr(whole.state))


class _Odd(Object):
    data: At[dict[str, int], 2] = {}


class _Wrong(Read):
    password: At[int, 1] = 0


@pytest.mark.parametrize(
    "raw", [json.dumps({"data": {"password": ENCODED}}), f'{{"data":"{ENCODED}', f'"{CANARY}"', ENCODED]
)
def test_no_error_of_a_decoder_has_a_value(raw: str) -> None:
    answers: list[Callable[[], object]] = [
        lambda: decode_answer(raw.encode(), _Odd, "a secret"),
        lambda: decode_json(raw.encode(), _Odd),
    ]
    for decode in answers:
        with pytest.raises(Exception) as caught:
            decode()
        assert clean(str(caught.value)) and clean(repr(caught.value))


def test_no_error_of_the_protobuf_reader_has_a_value() -> None:
    reader = ProtobufListReader(decoder(_Odd))
    with pytest.raises(ApiError) as caught:
        list(reader.feed(b"k8s\0" + ENCODED.encode() * 4))
        list(reader.finish())
    assert clean(str(caught.value))


async def test_credentials_are_in_no_message_of_a_refusal(tmp_path: Path) -> None:
    server = shop()
    server.refuses("*", 401, "Unauthorized", times=None)
    async with exploring(server, tmp_path, config=with_token) as person:
        await person.sees("Unauthorized")
        assert clean(person.screen) and clean(repr(person.app.session.cluster.api.access))  # type: ignore[union-attr]


async def test_a_fault_before_anything_stands_tells_neither_a_traceback_nor_what_was_in_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(app: Explorer) -> None:
        password = CANARY
        raise ZeroDivisionError(len(password))

    monkeypatch.setattr(Explorer, "on_mount", fails)
    with pytest.raises(ZeroDivisionError):
        async with exploring(shop(), tmp_path) as person:
            await person.live()
    told = capsys.readouterr().err
    assert told == "error: kubetui failed by a fault of its own. Its log file tells which.\n"
