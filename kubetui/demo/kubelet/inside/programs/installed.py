"""Which programs an image has: a shell and the usual small tools, unless it is made to have none. Pure."""

from kubetui.demo.kubelet.behaviour import short_name
from kubetui.demo.kubelet.inside.box import Program
from kubetui.demo.kubelet.inside.programs import archive, files, network, plain, processes, search, system, text
from kubetui.demo.kubelet.inside.programs.sh import shell

BARE = frozenset(("coredns", "etcd", "kube-apiserver", "kube-proxy", "kube-scheduler", "pause", "traefik-mesh"))
"""Images that hold their own program and nothing else."""
WITHOUT_BASH = frozenset(("alpine", "busybox", "curl", "redis", "memcached", "envoy", "fluent-bit"))
WITHOUT_CURL = frozenset(("alpine", "busybox", "redis", "memcached", "postgres", "mysql"))

_COMMON: dict[str, Program] = {
    "sh": shell,
    "ash": shell,
    **archive.PROGRAMS,
    **files.PROGRAMS,
    **network.PROGRAMS,
    **plain.PROGRAMS,
    **processes.PROGRAMS,
    **search.PROGRAMS,
    **system.PROGRAMS,
    **text.PROGRAMS,
}


def programs_of(image: str) -> dict[str, Program]:
    """The programs of an image by their names."""
    name = short_name(image)
    if name in BARE or "distroless" in image:
        return {}
    found = dict(_COMMON)
    if name not in WITHOUT_BASH:
        found["bash"] = shell
    if name in WITHOUT_CURL:
        del found["curl"]
    return found
