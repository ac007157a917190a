"""The message that a container leaves when it ends: from its file of last words, or from the end of its log. Pure."""

import re

from kubetui.demo.kubelet.container import Container
from kubetui.demo.kubelet.logs import written
from kubetui.demo.objects import Json

USUAL_PATH = "/dev/termination-log"
MOST = 4_096
"""Bytes of a message from the file."""

MOST_LINES, MOST_OF_LOG = 80, 2_048
"""Lines and bytes of a message from the log."""

_ECHOED = re.compile(r"""echo\s+(?:-n\s+)?(?P<quote>["']?)(?P<text>[^>"']*)(?P=quote)\s*>{1,2}\s*(?P<path>\S+)""")


def last_words(pod: Json, one: Container, code: int, now: float) -> str:
    """What a container that ends with that code at that moment has to say; empty where it has nothing."""
    path = one.spec.get("terminationMessagePath") or USUAL_PATH
    command = " ".join(str(word) for word in (*(one.spec.get("command") or ()), *(one.spec.get("args") or ())))
    said = "\n".join(
        found["text"].strip() for found in _ECHOED.finditer(command) if found["path"].strip(";\"'") == path
    )
    if said:
        return f"{said}\n"[:MOST]
    if code and one.spec.get("terminationMessagePolicy") == "FallbackToLogsOnError":
        lines = written(pod, one.spec, one.behaviour, one.restarts, one.started_at, now, code)
        return "".join(f"{line.text}\n" for line in lines[-MOST_LINES:])[-MOST_OF_LOG:]
    return ""
