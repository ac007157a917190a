"""Whether the cluster is well: /healthz, /livez and /readyz, whole or check by check. Anyone may ask."""

from kubetui.demo.http.message import Answer, Request

_CHECKS = {
    "healthz": ("ping", "log", "etcd"),
    "livez": ("ping", "log", "etcd"),
    "readyz": ("ping", "log", "etcd", "informer-sync", "shutdown"),
}
_TEXT = "text/plain; charset=utf-8"


def health(request: Request) -> Answer | None:
    """The answer to a question for health; None for any other path.

    A process that answers is well, so every check is. What is told, as k8s.io/apiserver/pkg/server/healthz tells it.
    """
    match request.path.split("/"):
        case ["", ("healthz" | "livez" | "readyz") as asked]:
            if "verbose" not in request.query:
                return Answer(b"ok", content_type=_TEXT)
            lines = "".join(f"[+]{check} ok\n" for check in _CHECKS[asked])
            return Answer(f"{lines}{asked} check passed\n".encode(), content_type=_TEXT)
        case ["", ("healthz" | "livez" | "readyz") as asked, check] if check in _CHECKS[asked]:
            return Answer(b"ok", content_type=_TEXT)
    return None
