"""What a command or a short shell script does, as far as its words tell: when it ends, and which files it leaves. Pure.

`sleep N`, `true`, `false`, `exit N`, `echo`, `touch`, `rm` and the like are understood, also in a row in `sh -c`; loops
and servers run on. What is not known takes a second where more follows, and else runs on.
"""

import re
import shlex
from collections.abc import Iterator, Sequence

import msgspec

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|)")
_FOREVER = ("while", "until", "for", "tail", "server", "serve", "infinity")
_AT_ONCE = frozenset(
    ("echo", "true", "set", "cd", "export", "date", "ls", "env", "cat", "printf", "test", "[", "touch", "rm", "mkdir")
)
_SHELLS = ("sh", "bash", "ash")
_STARTS = 0.2
"""Seconds that it takes to start anything."""


class FileChange(msgspec.Struct, frozen=True):
    """From that age on (in seconds) the file is there, or is not."""

    path: str
    at: float
    present: bool


class Script(msgspec.Struct, frozen=True):
    """What a command does. An age is in seconds since its start; None is never."""

    ends_at: float | None = None
    code: int = 0
    heeds_signals: bool = True
    """Whether it ends when it is asked to; a shell or a `sleep` that is the first process does not."""
    files: tuple[FileChange, ...] = ()


def duration(text: str) -> float | None:
    """Seconds that a text like `90`, `5s` or `2m` means; None where it means none."""
    found = _DURATION.fullmatch(text)
    return float(found[1]) * _UNITS[found[2]] if found else None


def read(command: Sequence[str]) -> Script:
    """What that command does."""
    script = shell_script(command)
    return _followed([list(command)]) if script is None else _followed(_steps(script), shell=True)


def shell_script(command: Sequence[str]) -> str | None:
    """The script that the command gives a shell; None where it is no such command."""
    if command[0].rsplit("/", 1)[-1] in _SHELLS and "-c" in command[:-1]:
        return command[list(command).index("-c") + 1]
    return None


def _steps(script: str) -> list[list[str]]:
    steps = []
    for line in re.split(r"[;\n]|&&", script):
        try:
            words = shlex.split(line)
        except ValueError:
            words = line.split()
        if words:
            steps.append(words)
    return steps


def _followed(steps: Sequence[Sequence[str]], *, shell: bool = False) -> Script:
    """Adds up what each step takes; the first that never ends is the last."""
    age, code = _STARTS, 0
    files: list[FileChange] = []
    trapped = any(words[0] == "trap" for words in steps)
    for words in steps:
        name = words[0].rsplit("/", 1)[-1]
        files += _left(name, words, age)
        if name == "sleep":
            seconds = duration(words[1]) if len(words) > 1 else None
            if seconds is None:
                return Script(heeds_signals=trapped, files=tuple(files))
            age += seconds
        elif name in ("exit", "false"):
            written = words[1] if len(words) > 1 else ""
            code = int(written) if written.isdigit() else int(name == "false")
            if name == "exit":
                break
        elif name in _AT_ONCE:
            code = 0
        elif name in _FOREVER or len(steps) == 1 or any(word in _FOREVER for word in words):
            deaf = (shell and name in ("while", "until", "for")) or name == "tail"
            return Script(heeds_signals=trapped or not deaf, files=tuple(files))
        else:
            age, code = age + 1.0, 0
    return Script(age, code, heeds_signals=trapped, files=tuple(files))


def _left(name: str, words: Sequence[str], age: float) -> Iterator[FileChange]:
    if name in ("touch", "rm"):
        for word in words[1:]:
            if word.startswith("/"):
                yield FileChange(word, age, name == "touch")
    for place, word in enumerate(words[:-1]):
        if word in (">", ">>"):
            yield FileChange(words[place + 1], age, present=True)
