"""The registry that images are pulled from: their sizes, the time a pull takes, and which of them do not exist. Pure.

An image is missing when its name or tag contains a word like `typo`, `nosuch` or `doesnotexist`, when a tag of a
well-known image doesn't look like a version, or when its name is nearly a well-known one (`ngynx`).
"""

import hashlib
import re
import zlib
from difflib import get_close_matches
from functools import lru_cache

from kubetui.demo.kubelet.behaviour import short_name

KNOWN = (
    "alpine", "bash", "busybox", "curl", "debian", "envoy", "fluent-bit", "golang", "grafana", "haproxy", "httpd",
    "kafka", "mariadb", "memcached", "mongo", "mysql", "nats", "nginx", "node", "pause", "postgres", "prometheus",
    "python", "rabbitmq", "redis", "traefik", "ubuntu", "valkey",
)  # fmt: skip

_MISSING = re.compile(r"typo|nosuch|no-such|doesnotexist|does-not-exist|not-?found|missing|bogus|nonexist")
_TAG = re.compile(r"v?\d[\w.\-]*|latest|stable|mainline|edge|slim|alpine|lts|bookworm|noble|jammy|glibc|musl")
_BYTES_PER_SECOND = 35e6


@lru_cache(maxsize=4096)
def reference(image: str) -> str:
    """The image's full name as the container runtime writes it: `docker.io/library/nginx:latest`."""
    name, at, digest = image.partition("@")
    if "/" not in name:
        name = f"docker.io/library/{name}"
    elif "." not in name.partition("/")[0] and ":" not in name.partition("/")[0]:
        name = f"docker.io/{name}"
    if at:
        return f"{name}@{digest}"
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


def size(image: str) -> int:
    """How many bytes the image has."""
    return 8_000_000 + zlib.crc32(image.encode()) % 140_000_000


@lru_cache(maxsize=4096)
def digest(image: str) -> str:
    """The image's id, as a pod's status shows it."""
    full = reference(image)
    return f"{full.rsplit(':', 1)[0]}@sha256:{hashlib.sha256(full.encode()).hexdigest()}"


def pull_seconds(image: str) -> float:
    """How long it takes to pull the image."""
    return 0.4 + size(image) / _BYTES_PER_SECOND


@lru_cache(maxsize=4096)
def failure(image: str) -> str:
    """Why the image can't be pulled, in the words of containerd; empty where it can."""
    full = reference(image)
    name = short_name(image)
    tag = full.rsplit("/", 1)[-1].partition(":")[2]
    wrong_tag = name in KNOWN and "@" not in image and not _TAG.fullmatch(tag)
    if wrong_tag or _MISSING.search(tag):
        return (
            f'rpc error: code = NotFound desc = failed to pull and unpack image "{full}": failed to resolve reference '
            f'"{full}": {full}: not found'
        )
    if _MISSING.search(name) or _is_misspelt(name):
        return (
            f'failed to pull and unpack image "{full}": failed to resolve reference "{full}": pull access denied, '
            "repository does not exist or may require authorization: server message: insufficient_scope: "
            "authorization failed"
        )
    return ""


def _is_misspelt(name: str) -> bool:
    if name in KNOWN:
        return False
    near = get_close_matches(name, KNOWN, n=1, cutoff=0.78)
    return bool(near) and len(near[0]) > 4 and abs(len(near[0]) - len(name)) <= 1
