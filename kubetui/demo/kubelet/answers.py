"""What a container answers to a probe: whether it passes, and the words of its failure as the kubelet has them. Pure.

A probe that runs a command passes by what the command does; one that looks for a file, by what the container's own
script has done to that file.
"""

from collections.abc import Sequence

from kubetui.demo.kubelet import script
from kubetui.demo.kubelet.behaviour import SHELLS, short_name
from kubetui.demo.kubelet.container import Container
from kubetui.demo.objects import Json

_MADE_AT_RUN_TIME = ("/tmp/", "/run/", "/var/run/")
"""Where a file is only when something has made it."""


def passes(one: Container, kind: str, probe: Json, age: float) -> bool:
    """Whether the container's probe of that kind passes at that age."""
    if probe.get("exec"):
        command = _command(probe)
        if command:
            found = script.read(command)
            if found.ends_at is not None and found.code:
                return False
            present = _file_is_there(one, command, age)
            if present is not None:
                return present and one.behaviour.serves(age)
    return one.behaviour.is_ready(age) if kind == "readiness" else one.behaviour.serves(age)


def complaint(one: Container, probe: Json, age: float) -> str:
    """What a probe says that fails at that age."""
    hangs = one.behaviour.hangs_at is not None and age >= one.behaviour.hangs_at
    sick = one.behaviour.sick_at is not None and age >= one.behaviour.sick_at
    serves = one.behaviour.serves(age) or sick
    timeout = probe.get("timeoutSeconds", 1)
    if probe.get("httpGet"):
        get = probe["httpGet"]
        url = f"{get.get('scheme', 'HTTP').lower()}://{get.get('host', '')}:{get.get('port')}{get.get('path', '/')}"
        if hangs:
            return f'Get "{url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
        if not serves:
            return f'Get "{url}": dial tcp {get.get("host", "")}:{get.get("port")}: connect: connection refused'
        return f"HTTP probe failed with statuscode: {500 if sick else 503}"
    if probe.get("tcpSocket"):
        address = f"{probe['tcpSocket'].get('host', '')}:{probe['tcpSocket'].get('port')}"
        return f"dial tcp {address}: {'i/o timeout' if hangs else 'connect: connection refused'}"
    if probe.get("grpc"):
        port = probe["grpc"].get("port")
        return f'timeout: failed to connect service ":{port}" within {timeout}s: context deadline exceeded'
    command = _command(probe)
    if hangs:
        return f'command timed out: "{" ".join(command)}" timed out after {timeout}s'
    return _printed(one, command)


def _command(probe: Json) -> list[str]:
    return [str(word) for word in probe.get("exec", {}).get("command") or ()]


def _file_is_there(one: Container, command: Sequence[str], age: float) -> bool | None:
    """Whether the file is there that the command looks for; None where it looks for none that could be missing."""
    path = _looked_for(command)
    if path is None:
        return None
    known = one.behaviour.has_file(path, age)
    if known is None and path.startswith(_MADE_AT_RUN_TIME) and (one.spec.get("command") or one.spec.get("args")):
        return False
    return known


def _looked_for(command: Sequence[str]) -> str | None:
    text = script.shell_script(command)
    words = text.split() if text is not None else list(command)
    if not words or words[0].rsplit("/", 1)[-1] not in ("cat", "ls", "stat", "test", "["):
        return None
    paths = [word for word in words[1:] if word.startswith("/")]
    return paths[0] if len(paths) == 1 else None


def _printed(one: Container, command: Sequence[str]) -> str:
    path = _looked_for(command)
    name = command[0].rsplit("/", 1)[-1] if command else ""
    text = script.shell_script(command) if command else None
    if text is not None:
        name = text.split()[0].rsplit("/", 1)[-1] if text.split() else ""
    small = short_name(one.spec.get("image", "")) in SHELLS - {"bash", "debian", "ubuntu"}
    if path is None or name in ("test", "["):
        return ""
    if name == "cat":
        path = f"can't open '{path}'" if small else path
    return f"{name}: {path}: No such file or directory\n"
