"""A session carried out on a cluster by kubectl, command by command."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tests.differential.conversation import Conversation, Turn
from tests.differential.recorder import Recorder
from tests.differential.session import Command, Session, read
from tests.differential.target import Kubectl, Target

Json = dict[str, Any]
T = TypeVar("T")
AT_A_TIME = 6
"""Sessions that run at once: most of their time they wait."""
LATER = ("discovery", "nodes")
"""Sessions that empty nodes, or tell of everything there is: they wait until the others are done."""
_CREATE = "create namespace {}"
_READY = "wait serviceaccount/default --for=create --timeout=30s"
_DELETE = "delete namespace {} --wait=false"


def printed(session: Session, target: Target) -> tuple[Session, Json]:
    """The session with what its commands print on a cluster, and what is there at its end."""
    with tempfile.TemporaryDirectory() as folder, _namespace(session.name, target, Path(folder)) as kubectl:
        commands = []
        for command in session.commands:
            commands.append(msgspec.structs.replace(command, printed=kubectl.run(command)))
            if command.changes:
                target.settle(session.name)
        return msgspec.structs.replace(session, commands=tuple(commands)), target.left(session.name)


def recorded(session: Session, target: Target) -> tuple[Session, Conversation]:
    """The session with what its commands print on a cluster, and all that they said to it and were answered."""
    recorder = Recorder(target)
    with ExitStack() as stack:
        stack.enter_context(recorder.serving())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        by_way = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        direct = stack.enter_context(_namespace(session.name, target, folder))
        kubectl = Kubectl(target.kubeconfig(by_way, recorder.url, recorder.identity.authority), session.name)
        commands, turns = [], []
        for command in session.commands:
            recorder.heard()
            told = (direct if command.streams else kubectl).run(command)
            commands.append(msgspec.structs.replace(command, printed=told))
            turns.append(Turn(command.text, recorder.heard()))
            if command.changes:
                target.settle(session.name)
        left = target.left(session.name)
        return msgspec.structs.replace(session, commands=tuple(commands)), Conversation(tuple(turns), left)


@contextmanager
def _namespace(name: str, target: Target, folder: Path) -> Iterator[Kubectl]:
    """kubectl in a new namespace, which is deleted in the end."""
    kubectl = Kubectl(target.kubeconfig(folder), name)
    kubectl.run(Command(_CREATE.format(name)))
    kubectl.run(Command(_READY))
    target.settle(name)
    try:
        yield kubectl
    finally:
        kubectl.run(Command(_DELETE.format(name)))


def together(perform: Callable[[Session], T], names: Sequence[str]) -> list[T]:
    """What is made of each session, several at a time; of those that change or tell what all share after the others."""
    first, later = ([read(name) for name in names if (name in LATER) is after] for after in (False, True))
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        return [*list(pool.map(perform, first)), *pool.map(perform, later)]
