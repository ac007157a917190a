"""What a container's script writes, and when: `echo`, `printf` and `date`, with `sleep`, in loops too. Pure.

A loop that has run for days is not gone through again each time that its log is asked for: one round is like the last
but for its counters, so it is left out until shortly before the lines that are wanted.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor

from kubetui.demo.kubelet.inside.parser import parse
from kubetui.demo.kubelet.inside.programs.system import dated
from kubetui.demo.kubelet.inside.syntax import (
    Body,
    Command,
    For,
    Group,
    Loop,
    Pipeline,
    Simple,
    SyntaxMistake,
    Word,
)
from kubetui.demo.kubelet.script import duration, shell_script

_ALONE = frozenset(("echo", "printf", "date", "hostname", "sleep", "true", "false"))
"""Programs that are understood without a shell."""
_SILENT = frozenset((":", "true", "set", "trap", "cd", "touch", "rm", "mkdir", "wait"))
_LOUD = ("/dev/stdout", "/dev/stderr", "/proc/1/fd/1", "/proc/1/fd/2")
_COUNTER = re.compile(r"\s*\$?([A-Za-z_]\w*)\s*([+-])\s*(\d{1,9})\s*")
_NAME = re.compile(r"[A-Za-z_]\w*")
_ROUND = 0.01
"""Seconds that one round of a loop takes at least."""
_MOST = 100_000
"""Commands that are followed; what takes more is not understood."""


class _NotUnderstood(Exception):
    """A script of which nobody can tell what it writes."""


class _Over(Exception):
    """Nothing more is written."""


def recited(
    command: Sequence[str], variables: Mapping[str, str], begun: float, until: float, since: float, tail: int
) -> list[tuple[float, str]] | None:
    """The lines of a run from `begun` to `until`, each with its time; None where the command is not understood.

    Lines before `since`, and before the last `tail` ones, may be left out. Times are seconds since 1970.
    """
    script = shell_script(command)
    if script is None:
        if command[0].rsplit("/", 1)[-1] not in _ALONE:
            return None
        script = shlex.join(command)
    reciter = _Reciter(dict(variables), begun, until, since, tail)
    try:
        reciter.body(parse(script))
    except _Over:
        pass
    except (_NotUnderstood, SyntaxMistake):
        return None
    return reciter.lines


class _Reciter:
    """Follows a script through time."""

    def __init__(self, variables: dict[str, str], now: float, until: float, since: float, tail: int) -> None:
        self.lines: list[tuple[float, str]] = []
        self._variables = variables
        self._now = now
        self._until = until
        self._since = since
        self._tail = tail
        self._begun_line = ""
        self._code = 0
        self._loops = 0
        self._followed = 0

    def body(self, body: Body) -> None:
        for step in body:
            if step.background:
                raise _NotUnderstood
            if (step.when == "&&" and self._code) or (step.when == "||" and not self._code):
                continue
            self._pipeline(step.pipeline)

    def _pipeline(self, pipeline: Pipeline) -> None:
        if len(pipeline.commands) != 1:
            raise _NotUnderstood
        self._command(pipeline.commands[0])
        if pipeline.negated:
            self._code = int(not self._code)

    def _command(self, command: Command) -> None:
        self._followed += 1
        if self._followed > _MOST:
            raise _NotUnderstood
        match command:
            case Simple():
                self._simple(command)
            case Loop(redirections=()):
                self._loop(command)
            case For(redirections=()):
                for word in [text for one in command.words for text in self._text(one).split()]:
                    self._variables[command.name] = word
                    self.body(command.body)
            case Group(subshell=False, redirections=()):
                self.body(command.body)
            case _:
                raise _NotUnderstood

    def _loop(self, loop: Loop) -> None:
        self._loops += 1
        rounds, steady = 0, _is_steady(loop)
        while True:
            began, known, written = self._now, dict(self._variables), len(self.lines)
            self.body(loop.condition)
            if (self._code == 0) is loop.until:
                break
            self.body(loop.body)
            self._pass(max(0.0, began + _ROUND - self._now))
            rounds += 1
            if rounds == 2 and steady and self._loops == 1:
                self._leave_out(self._now - began, known, len(self.lines) - written)
        self._loops -= 1
        self._code = 0

    def _leave_out(self, period: float, known: Mapping[str, str], lines: int) -> None:
        """Goes on shortly before what is wanted, given what the last round took, began with and wrote."""
        if not lines and not self._begun_line:
            raise _Over
        wanted = max(self._since, self._until - period * (ceil(self._tail / max(lines, 1)) + 1))
        rounds = floor((wanted - self._now) / period) - 2
        if rounds <= 0:
            return
        self._now += rounds * period
        for name, value in self._variables.items():
            before = known.get(name, "0") or "0"
            if value != before and _is_number(value) and _is_number(before):
                self._variables[name] = str(int(value) + rounds * (int(value) - int(before)))

    def _simple(self, simple: Simple) -> None:
        for name, value in simple.settings:
            self._variables[name] = self._text(value)
        if not simple.words:
            self._code = 0
            return
        words = [text for word in simple.words if (text := self._text(word)) or any(part.quoted for part in word)]
        if not words:
            return
        written = self._written(words[0].rsplit("/", 1)[-1], words[1:])
        files = [self._text(one.target) for one in simple.redirections if one.mark in (">", ">>")]
        if all(file in _LOUD for file in files):
            self._write(written)

    def _written(self, name: str, words: list[str]) -> str:
        """What a program writes. It takes its time, and leaves its code."""
        self._code = 0
        match name:
            case "echo":
                return _echo(words)
            case "printf" if words:
                return _printed(words[0], words[1:])
            case "date" if not words or words[0].startswith("+"):
                return dated(self._now, words[0][1:] if words else "") + "\n"
            case "hostname" if not words:
                return self._variables.get("HOSTNAME", "") + "\n"
            case "sleep":
                seconds = duration(words[0]) if words else None
                if seconds is None:
                    raise _Over
                self._pass(seconds)
            case "false":
                self._code = 1
            case "exit":
                raise _Over
            case "export":
                self._variables.update(word.partition("=")[::2] for word in words if "=" in word)
            case _ if name not in _SILENT:
                if self._loops:
                    raise _NotUnderstood
                self._pass(1.0)
        return ""

    def _write(self, text: str) -> None:
        *whole, self._begun_line = (self._begun_line + text).split("\n")
        self.lines += [(self._now, line) for line in whole]

    def _pass(self, seconds: float) -> None:
        self._now += seconds
        if self._now > self._until:
            raise _Over

    def _text(self, word: Word) -> str:
        texts = []
        for part in word:
            match part.kind:
                case "text":
                    texts.append(part.text)
                    continue
                case "variable" if _NAME.fullmatch(part.text):
                    value = self._variables.get(part.text, "")
                case "sum" if found := _COUNTER.fullmatch(part.text):
                    before = self._variables.get(found[1], "") or "0"
                    if not _is_number(before):
                        raise _NotUnderstood
                    value = str(int(before) + int(found[2] + found[3]))
                case "command":
                    value = self._told(part.text)
                case _:
                    raise _NotUnderstood
            texts.append(value if part.quoted else " ".join(value.split()))
        return "".join(texts)

    def _told(self, script: str) -> str:
        """What a `$(…)` becomes."""
        kept, self.lines, line, self._begun_line = self.lines, [], self._begun_line, ""
        try:
            self.body(parse(script))
            return "\n".join([*(text for _, text in self.lines), self._begun_line]).rstrip("\n")
        finally:
            self.lines, self._begun_line = kept, line


def _is_number(text: str) -> bool:
    return text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) < 18


def _is_steady(loop: Loop) -> bool:
    """Whether all rounds take the same time, and variables change by counting alone."""
    counted: set[str] = set()
    pauses: list[Word] = []
    for simple in _simples((*loop.condition, *loop.body)):
        for name, value in simple.settings:
            for part in value:
                if part.kind == "sum":
                    found = _COUNTER.fullmatch(part.text)
                    if len(value) != 1 or found is None or found[1] != name or name in counted:
                        return False
                    counted.add(name)
                elif part.kind == "variable":
                    return False
        if simple.words and simple.words[0] and simple.words[0][0].text == "sleep":
            pauses += simple.words[1:]
    return all(part.kind == "text" for word in pauses for part in word)


def _simples(body: Body) -> Iterator[Simple]:
    for step in body:
        for command in step.pipeline.commands:
            match command:
                case Simple():
                    yield command
                case Loop():
                    yield from _simples((*command.condition, *command.body))
                case For() | Group():
                    yield from _simples(command.body)


def _echo(words: list[str]) -> str:
    flags = ""
    while words and re.fullmatch("-[neE]+", words[0]):
        flags += words[0]
        words = words[1:]
    text = " ".join(words)
    return (_unescaped(text) if "e" in flags else text) + ("" if "n" in flags else "\n")


def _printed(form: str, words: list[str]) -> str:
    if re.search(r"%[^sd%]", form):
        raise _NotUnderstood
    given = iter(words)
    return re.sub("%[sd%]", lambda found: "%" if found[0] == "%%" else next(given, ""), _unescaped(form))


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\t", "\t")
