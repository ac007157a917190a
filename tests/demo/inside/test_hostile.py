"""Scripts that ask for more than there is: each comes to an end, and nobody else is harmed."""

import asyncio
import random
from contextlib import suppress

import pytest

from kubetui.demo.kubelet.inside.programs.installed import programs_of
from kubetui.demo.streams import Conduit, Exited, RuntimeFailure, Stdio
from tests.demo.inside.container import Inside, Kept

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


WORDS = (
    "-", "--", "-n", "-c", "-e", "-f", "-h", "-l", "-r", "-w", "-x", "-d", "-k2", "-u", "--help", "-maxdepth", "x",
    "", "é" * 10, "a\0b", "/etc", "/etc/hosts", "/proc", "/proc/1/environ", "..", "/", "/tmp/x", "-1", "0", "5",
    "99999999999999999999", "s/a/b/", "%d", "%s", "%99999s", "inf", "@1e99", "+%Y", "localhost", "http://",
    "http://[", "localhost:99999", "*", "[", "(", "\\", "a-z", "z-a", "+x", "-9", "-KILL", "-O", "-H", "a:b", "-X",
    "PUT", "-T", "-m", "echo hi", "{", "$((",
)  # fmt: skip
PIECES = (
    "echo", "$x", "${", "}", "$(", "`", "'", '"', ";", "|", "&&", "||", "&", "(", ")", "{", "if", "then", "fi",
    "while", "do", "done", "for", "in", "a=1", "<", "<<", "EOF", "\n", ">", "2>&1", "/tmp/f", "$((", "))", "*", "!",
    "\\", "#", "cd", "exit", "read", "eval", "set", "-e", "--", "true", "false", "break", "continue", "shift",
    "export", "${x:-y}", "${x%",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
async def test_no_words_make_a_program_fail_in_a_way_of_its_own(inside: Inside, seed: int) -> None:
    rng = random.Random(seed)
    names = sorted(programs_of("nginx").keys() - {"kill", "xargs", "yes"})
    for _ in range(150):
        await _tried(inside, rng.choice(names), *rng.choices(WORDS, k=rng.randrange(5)))
        await _tried(inside, "sh", "-c", " ".join(rng.choices(PIECES, k=rng.randrange(1, 14))))


async def _tried(inside: Inside, *command: str) -> None:
    """Runs a command for a while; whatever comes of it is a code, or words of the runtime."""
    work = inside.fleet.execute(inside.pod, "c", list(command))(Stdio(Conduit.holding(b"a\nb \xff\n"), Kept(), Kept()))
    running = asyncio.ensure_future(work)
    for turn in range(40):
        if running.done():
            break
        await asyncio.sleep(0)
        if turn == 20:
            inside.living.run(200)
    running.cancel()
    with suppress(Exited, RuntimeFailure, asyncio.CancelledError):
        await running


async def test_a_container_full_of_processes_takes_no_more(inside: Inside) -> None:
    script = "while true; do sleep 100000 & done"
    heard = Heard("Resource temporarily unavailable")
    full = asyncio.ensure_future(inside.fleet.execute(inside.pod, "c", ["sh", "-c", script])(Stdio(stderr=heard)))
    await asyncio.wait_for(heard.told.wait(), 20)
    with pytest.raises(RuntimeFailure, match="resource temporarily unavailable"):
        await inside.fleet.execute(inside.pod, "c", ["ls"])(Stdio())
    full.cancel()
    await asyncio.gather(full, return_exceptions=True)
    assert (await inside.execute("echo", "free")).out == "free\n"
