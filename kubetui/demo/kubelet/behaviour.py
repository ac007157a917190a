"""What a simulated container does, read from its image, its command and an annotation. Pure.

The annotation `kubetui.demo/behaviour` on a pod (or `kubetui.demo/behaviour.NAME` for one container) holds words:

    start=8s       it serves only eight seconds after its start: probes fail until then
    finish=30s     it ends by itself after that time, with code 0
    crash=5s       it ends after that time, with code 1
    code=3         the code with which it ends
    oom=20s        after that time it has eaten its memory: OOMKilled, 137
    eat=50Mi       it eats so much more memory each second: up to its limit, or until its node evicts it
    unready=1m     from that age on its readiness probe fails
    ready=3m       … and from that age on no longer
    hang=2m        from that age on it answers nothing: liveness probes fail too
    stop=5s        how long it takes to end when asked to; `stop=never` waits to be killed
    logs=0.5       lines a second that it writes

Without it, a command tells: `sleep N`, `true`, `false`, `exit N`, also in a row in `sh -c`; `while`, `tail -f` and
servers run for ever. An image that is only a shell ends at once where no command is given, as it does in reality;
everything else serves until it is stopped.
"""

from collections.abc import Sequence
from math import inf

import msgspec

from kubetui.demo.kubelet import script
from kubetui.demo.kubelet.script import FileChange, duration
from kubetui.demo.objects import Json
from kubetui.demo.quantity import number

ANNOTATION = "kubetui.demo/behaviour"

SHELLS = frozenset(("alpine", "bash", "busybox", "debian", "ubuntu"))
"""Images that run a shell: with nothing to read it ends at once."""

SICKENS_AT = 10.0
"""The age at which Kubernetes' example of a liveness probe, `agnhost liveness`, begins to answer with an error."""


class Behaviour(msgspec.Struct, frozen=True):
    """What happens to one run of a container. Ages are seconds since its start; None is never."""

    serves_at: float = 0.0
    ends_at: float | None = None
    code: int = 0
    out_of_memory: bool = False
    eats: float = 0.0
    """Bytes of memory that it takes more each second."""
    unready_at: float | None = None
    ready_again_at: float | None = None
    hangs_at: float | None = None
    sick_at: float | None = None
    """From that age on it answers every probe with an error."""
    files: tuple[FileChange, ...] = ()
    """Files that it makes and takes away."""
    stops_in: float | None = 0.5
    """Seconds from SIGTERM to the end; None ignores it."""
    lines_per_second: float = 0.1

    def serves(self, age: float) -> bool:
        """Whether it answers at all at that age: what liveness and startup probes see."""
        return age >= self.serves_at and all(at is None or age < at for at in (self.hangs_at, self.sick_at))

    def is_ready(self, age: float) -> bool:
        """Whether it answers well at that age: what readiness probes see."""
        if not self.serves(age):
            return False
        if self.unready_at is None or age < self.unready_at:
            return True
        return self.ready_again_at is not None and age >= self.ready_again_at

    def has_file(self, path: str, age: float) -> bool | None:
        """Whether a file is there that it makes or takes away; None for any other."""
        known = [change for change in self.files if change.path == path]
        before = [change.present for change in known if change.at <= age]
        return (bool(before) and before[-1]) if known else None

    def next_change(self, age: float) -> float | None:
        """The first age after `age` at which a probe may see something else."""
        ages = [self.serves_at, self.hangs_at, self.unready_at, self.ready_again_at, self.sick_at]
        ages += [change.at for change in self.files]
        return min((one for one in ages if one is not None and one > age), default=None)


def behaviour_of(pod: Json, container: Json) -> Behaviour:
    """What that container of that pod does. Words that make no sense are passed over."""
    words = _words(pod, container)
    if words:
        return _from_words(words, _memory_limit(container))
    command = [*(container.get("command") or ()), *(container.get("args") or ())]
    if waits_for_input(container):
        return Behaviour(stops_in=None)
    if command:
        sick = command[-1] == "liveness" and short_name(container.get("image", "")) == "agnhost"
        return Behaviour(sick_at=SICKENS_AT) if sick else command_behaviour([str(word) for word in command])
    if short_name(container.get("image", "")) in SHELLS:
        return Behaviour(ends_at=0.2)
    return Behaviour()


def is_told(pod: Json, container: Json) -> bool:
    """Whether an annotation says what the container does, whatever its command is."""
    return bool(_words(pod, container))


def _words(pod: Json, container: Json) -> str:
    annotations = pod["metadata"].get("annotations") or {}
    return str(annotations.get(f"{ANNOTATION}.{container['name']}") or annotations.get(ANNOTATION) or "")


def waits_for_input(container: Json) -> bool:
    """Whether a container's first process is a shell that does what it is told on its standard input."""
    command = [str(word) for word in (*(container.get("command") or ()), *(container.get("args") or ()))]
    if not container.get("stdin"):
        return False
    if not command:
        return short_name(container.get("image", "")) in SHELLS
    is_shell = command[0].rsplit("/", 1)[-1] in ("sh", "ash", "bash")
    return is_shell and all(word.startswith("-") and "c" not in word for word in command[1:])


def short_name(image: str) -> str:
    """The last part of an image's repository: `nginx` of `docker.io/library/nginx:1.27`."""
    return image.partition("@")[0].rsplit("/", 1)[-1].partition(":")[0]


def _memory_limit(container: Json) -> float:
    written = ((container.get("resources") or {}).get("limits") or {}).get("memory")
    return number(written) if written is not None else inf


def _bytes(text: str) -> float:
    try:
        return number(text) if text else 0.0
    except ValueError:
        return 0.0


def _from_words(words: str, limit: float) -> Behaviour:
    given = dict(word.partition("=")[::2] for word in words.replace(",", " ").split())
    seconds = {name: duration(value) for name, value in given.items()}
    oom, crash, finish = seconds.get("oom"), seconds.get("crash"), seconds.get("finish")
    eats = _bytes(given.get("eat", ""))
    if oom is None and eats > 0 and limit < inf:
        oom = limit / eats
    ends = oom if oom is not None else crash if crash is not None else finish
    code = 137 if oom is not None else 1 if crash is not None else 0
    written = given.get("code", "")
    rate = seconds.get("logs")
    stop = seconds.get("stop")
    return Behaviour(
        serves_at=seconds.get("start") or 0.0,
        ends_at=ends,
        code=int(written) if written.isdigit() else code,
        out_of_memory=oom is not None,
        eats=eats,
        unready_at=seconds.get("unready"),
        ready_again_at=seconds.get("ready"),
        hangs_at=seconds.get("hang"),
        stops_in=None if given.get("stop") == "never" else 0.5 if stop is None else stop,
        lines_per_second=0.1 if rate is None else rate,
    )


def command_behaviour(command: Sequence[str]) -> Behaviour:
    """What a command does, as far as its words tell."""
    found = script.read(command)
    return Behaviour(
        ends_at=found.ends_at,
        code=found.code,
        stops_in=0.5 if found.heeds_signals else None,
        files=found.files,
    )
