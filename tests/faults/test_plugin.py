"""A credential plugin that is needed anew while everything is open, and does whatever plugins do."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kubetui.client import execplugin
from kubetui.client.renewal import Renewed
from kubetui.demo.people import PEOPLE
from tests.faults.scene import scene

pytestmark = pytest.mark.looptime(noop_cycles=4)

V1 = "client.authentication.k8s.io/v1"


class Plugin:
    """A program that is run in virtual time: its child says at once what it says, and ends or does not."""

    def __init__(self) -> None:
        self.says = b""
        self.complains = b""
        self.code: int | None = 0
        """None where it does not end by itself."""
        self.runs = 0

    def grants(self, token: str) -> None:
        said = {"kind": "ExecCredential", "apiVersion": V1, "status": {"token": token}}
        self.says, self.complains, self.code = json.dumps(said).encode(), b"", 0

    def fails(self, complaint: bytes, *, says: bytes = b"", code: int | None = 1) -> None:
        self.says, self.complains, self.code = says, complaint, code

    async def subprocess_exec(
        self, child: Callable[[], asyncio.SubprocessProtocol], *command: str, stdin: int, **how: Any
    ) -> tuple["_Transport", asyncio.SubprocessProtocol]:
        """Stands where the event loop's own is."""
        assert stdin == asyncio.subprocess.DEVNULL and how["start_new_session"]
        self.runs += 1
        protocol, transport = child(), _Transport(self.code)
        for descriptor, text in ((1, self.says), (2, self.complains)):
            protocol.pipe_data_received(descriptor, text)
        if self.code is not None:
            for descriptor in (1, 2):
                protocol.pipe_connection_lost(descriptor, None)
            protocol.process_exited()
        return transport, protocol


class _Transport:
    """The process of nobody."""

    def __init__(self, code: int | None) -> None:
        self._code = code

    def get_returncode(self) -> int | None:
        return self._code

    def get_pid(self) -> int:
        return 1 << 30

    def close(self) -> None:
        """There is nothing to close."""


async def test_whatever_the_plugin_does_is_told_and_it_is_asked_again_until_it_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execplugin, "TIMEOUT", 20.0)
    plugin, loop = Plugin(), asyncio.get_running_loop()
    plugin.grants("token-0")
    monkeypatch.setattr(loop, "subprocess_exec", plugin.subprocess_exec)
    assert Renewed.__init__.__kwdefaults__ is not None
    monkeypatch.setitem(Renewed.__init__.__kwdefaults__, "now", loop.time)
    user = f"exec: {json.dumps({'apiVersion': V1, 'command': 'sso', 'interactiveMode': 'Never'})}"
    async with scene(tmp_path, monkeypatch, user=user) as it:
        await it.open_everything()
        rows, began, asked = len(it.table.rows), loop.time(), len(it.gate.asked)
        assert plugin.runs == 1
        plugin.fails(b"\x1b]0;PWNED\x07 log in anew")
        it.doorkeeper.revoke("token-0")
        it.line.reset()
        it.stirs()
        await it.told("log in anew", within=20)
        plugin.fails(b"EOFError: EOF when reading a line")
        await it.told("EOFError: EOF", within=40)
        plugin.fails(b"", says=b"x" * 2_000_000, code=None)
        await it.told("printed more than 1 MiB", within=40)
        plugin.fails(b"waiting for a browser", code=None)
        await it.told("did not end within 20 s", within=60)
        assert len(it.table.rows) == rows and "● live" not in it.head
        plugin.grants(it.doorkeeper.admit(PEOPLE[0].user))
        await it.live_again(within=60)
        # At most once in five seconds, by however many it is needed; the server is not asked without a credential.
        assert plugin.runs <= 2 + (loop.time() - began) / 5
        assert len(it.gate.asked) - asked < 150
        await it.person.until(lambda: it.requests_logged[-1] > it.requests_logged[0] + 1_000, "the log goes on", 60)
        seen = it.requests_logged
        assert seen == list(range(seen[0], seen[-1] + 1))
        await it.person.sees("Cancel", "● live", seconds=60)
