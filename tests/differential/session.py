"""Sessions: files of kubectl commands, each with what it printed on the real control plane. Reads and writes them.

    # A comment: what the commands below are about.
    $ kubectl create -f - <<END
    {"kind": ...}
    END
      configmap/a created

A command begins with `$ `; the lines between its `<<END` and `END` are its standard input. What it prints is indented
by two spaces, standard output before standard error.
"""

import shlex
from pathlib import Path

import msgspec

HERE = Path(__file__).parent
FOLDER = HERE / "sessions"
_HERE_DOCUMENT = " <<END"
_READING = frozenset(
    (
        "api-resources", "api-versions", "cluster-info", "describe", "diff", "events", "explain", "get", "logs", "top",
        "version",
    )
)  # fmt: skip
_STREAMING = frozenset(("attach", "cp", "exec", "port-forward"))


class Command(msgspec.Struct, frozen=True):
    """One kubectl command."""

    text: str
    """As a person types it, from the word after `kubectl` on."""
    input: str = ""
    printed: str = ""
    remarks: tuple[str, ...] = ()
    """The comments above it."""

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text)

    @property
    def verb(self) -> str:
        """The first word, which is the verb."""
        return self.words[0]

    @property
    def changes(self) -> bool:
        """Whether it may change something, so that what follows has to wait for the controllers."""
        words = self.words
        if words[0] == "auth":
            return words[1] == "reconcile"
        if words[0] == "rollout":
            return words[1] not in ("status", "history")
        return words[0] not in _READING

    @property
    def streams(self) -> bool:
        """Whether it turns its connection into something else than HTTP, which no conversation can tell."""
        return self.words[0] in _STREAMING


class Session(msgspec.Struct, frozen=True):
    """The commands of one file, in the namespace of its name."""

    name: str
    commands: tuple[Command, ...]


def names() -> list[str]:
    """The names of all sessions."""
    return sorted(path.stem for path in FOLDER.glob("*.session"))


def read(name: str) -> Session:
    """A session. ValueError where a line of its file belongs to no command."""
    return Session(name, tuple(_commands((FOLDER / f"{name}.session").read_text())))


def write(session: Session) -> None:
    """Writes a session with what its commands print."""
    blocks = []
    for command in session.commands:
        lines = [f"# {remark}" if remark else "#" for remark in command.remarks]
        lines.append(f"$ kubectl {command.text}" + (_HERE_DOCUMENT if command.input else ""))
        if command.input:
            lines += [*command.input.splitlines(), "END"]
        lines += [f"  {line}".rstrip() for line in command.printed.splitlines()]
        blocks.append("\n".join(lines) + "\n")
    (FOLDER / f"{session.name}.session").write_text("\n".join(blocks))


def _commands(text: str) -> list[Command]:
    found: list[Command] = []
    remarks: list[str] = []
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("#"):
            remarks.append(line[1:].strip())
        elif line.startswith("$ kubectl "):
            words, given = line.removeprefix("$ kubectl "), ""
            if words.endswith(_HERE_DOCUMENT):
                words = words.removesuffix(_HERE_DOCUMENT)
                given = "".join(f"{one}\n" for one in iter(lambda: next(lines), "END"))
            found.append(Command(words, given, "", tuple(remarks)))
            remarks = []
        elif line.startswith("  ") or not line:
            if found:
                last = found[-1]
                found[-1] = msgspec.structs.replace(last, printed=f"{last.printed}{line[2:]}\n")
        else:
            raise ValueError(f"a line belongs to no command: {line}")
    return [msgspec.structs.replace(one, printed=trimmed(one.printed)) for one in found]


def trimmed(text: str) -> str:
    """A text without spaces at the ends of its lines, and without empty lines at its end."""
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return "".join(f"{line}\n" for line in lines)
