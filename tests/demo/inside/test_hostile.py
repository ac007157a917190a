"""Scripts that ask for more than there is: each comes to an end, and nobody else is harmed."""

import asyncio

import pytest

from kubetui.demo.streams import Stdio
from tests.demo.inside.container import Inside

GREEDY = [
    ("x=aaaaaaaa; while true; do x=$x$x; done", "sh: word too long\n"),
    ("x='eval $x'; eval $x", "sh: too many blocks in blocks\n"),
    ("echo 'while true; do /tmp/a & done' > /tmp/a; chmod +x /tmp/a; /tmp/a", "Resource temporarily unavailable"),
    ("echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! | grep -E '(a+)+$'", "grep: pattern too complex\n"),
    ("echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! | grep -E '(a|aa)+$'", "grep: pattern too complex\n"),
    ("echo a | sed -E 's/(a*)*b/x/'", "sed: pattern too complex\n"),
    ("echo a | sed 's/a/\\2/'", "sed: invalid group reference"),
    (
        "yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaa | head -c 4000000 | sed 's/a/aaaaaaaaaaaaaaaaaaa/g'",
        "sed: too much to hold\n",
    ),
    ("x=$(yes | head -c 500000); echo ${x%%a*}", "sh: x: value too long\n"),
    ("yes | tr '\\n' x | head -c 3000000 > /tmp/l; x=$(cat /tmp/l); echo $x$x", "sh: word too long\n"),
    ("echo 'echo $(/tmp/me)' > /tmp/me; chmod +x /tmp/me; /tmp/me", "Resource temporarily unavailable"),
    (f"{'env ' * 500} ls", "env: can't execute"),
    ("while true; do mkdir -p /tmp/$i/a; i=x$i; done", "mkdir: can't create directory"),
    ("echo $((9**9**9))", "sh: syntax error\n"),
]


@pytest.mark.parametrize(("script", "told"), GREEDY, ids=[script[:60] for script, _ in GREEDY])
async def test_a_greedy_script_is_told_that_there_is_no_more(inside: Inside, script: str, told: str) -> None:
    heard = Heard(told)
    process = inside.fleet.execute(inside.pod, "c", ["sh", "-c", script])
    running = asyncio.ensure_future(process(Stdio(stdout=heard, stderr=heard)))
    listening = asyncio.ensure_future(heard.told.wait())
    done, _ = await asyncio.wait((running, listening), timeout=20, return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    listening.cancel()
    await asyncio.gather(running, listening, return_exceptions=True)
    assert done, "it never came to an end"
    assert told in heard.text


class Heard:
    """A sink that waits for some words."""

    def __init__(self, words: str) -> None:
        self._words = words
        self.text = ""
        self.told = asyncio.Event()

    async def write(self, data: bytes) -> None:
        self.text = (self.text + data.decode("utf-8", "replace"))[-10_000:]
        if self._words in self.text:
            self.told.set()
