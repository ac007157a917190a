"""What Prometheus scrapes: /metrics, in its text format."""

import time

from kubetui.demo.catalog import Catalog
from kubetui.demo.http.discovery import VERSION
from kubetui.demo.http.message import Answer
from kubetui.demo.registry import Registry

_STARTED = time.time()


def instruments(catalog: Catalog, registry: Registry) -> Answer:
    """A few of the real server's metrics: what is stored, and what the process is and costs."""
    build = f'major="{VERSION["major"]}",minor="{VERSION["minor"]}",git_version="{VERSION["gitVersion"]}"'
    stored = [
        f'apiserver_resource_objects{{group="{one.group}",resource="{one.plural}"}} {registry.storage.count(one)}'
        for one in catalog
        if "list" in one.verbs
    ]
    lines = [
        *_described("apiserver_resource_objects", "gauge", "Number of stored objects by kind."),
        *stored,
        *_described("kubernetes_build_info", "gauge", "A metric with a constant '1' value labeled by version."),
        f"kubernetes_build_info{{{build}}} 1",
        *_described("process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds."),
        f"process_cpu_seconds_total {time.process_time():.2f}",
        *_described("process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds."),
        f"process_start_time_seconds {_STARTED:.3f}",
    ]
    return Answer("\n".join([*lines, ""]).encode(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _described(name: str, kind: str, text: str) -> tuple[str, str]:
    return f"# HELP {name} {text}", f"# TYPE {name} {kind}"
