"""What kubectl and an API server said to each other in a session, made alike; and the file that keeps it."""

from pathlib import Path
from typing import Any

import msgspec
import yaml

Json = dict[str, Any]
FOLDER = Path(__file__).parent / "golden"


class Exchange(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request and its answer."""

    ask: str
    """Method and target."""
    user: str = "admin"
    acting_as: str = ""
    """Whom the user impersonates, and after a comma as one of which group."""
    table: bool = False
    """Whether a table is asked for."""
    sent_as: str = ""
    """The media type of the body, where it is not plain JSON."""
    body: Any = None
    status: int = 200
    answer: Any = None
    """The answer's JSON, or its text; of a watch the last event."""
    warnings: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        return self.ask.partition(" ")[0]

    @property
    def target(self) -> str:
        return self.ask.partition(" ")[2]

    @property
    def watches(self) -> bool:
        return "watch=true" in self.target or "watch=1" in self.target or "follow=true" in self.target

    @property
    def evicts(self) -> bool:
        return self.target.partition("?")[0].endswith("/eviction")


class Turn(msgspec.Struct, frozen=True):
    """One command and the exchanges that it needed."""

    command: str
    exchanges: tuple[Exchange, ...]


class Conversation(msgspec.Struct, frozen=True):
    """A whole session as the real control plane has answered it, and what was there at its end."""

    turns: tuple[Turn, ...]
    left: Json


def write(name: str, conversation: Conversation) -> None:
    """Keeps a conversation. What stands in it several times is written once, and named after that."""
    built = _shared(msgspec.to_builtins(conversation), {})
    text = yaml.dump(
        built, Dumper=yaml.CSafeDumper, sort_keys=False, default_flow_style=None, width=118, allow_unicode=True
    )
    (FOLDER / f"{name}.yaml").write_text(text)


def read(name: str) -> Conversation:
    """The conversation kept under a name."""
    return msgspec.convert(yaml.load((FOLDER / f"{name}.yaml").read_bytes(), Loader=yaml.CSafeLoader), Conversation)


_WORTH = 120
"""Bytes from which on a value is not written twice."""


def _shared(value: Any, known: dict[bytes, Any]) -> Any:
    """A value in which equal parts are one object, which YAML then writes once."""
    if isinstance(value, dict):
        value = {key: _shared(one, known) for key, one in value.items()}
    elif isinstance(value, list | tuple):
        value = [_shared(one, known) for one in value]
    else:
        return value
    text = msgspec.json.encode(value)
    return known.setdefault(text, value) if len(text) >= _WORTH else value
