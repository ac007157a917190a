"""What a pod's worker needs of the kubelet that it belongs to."""

import random
from typing import Protocol

from kubetui.demo.clock import Clock
from kubetui.demo.objects import Json
from kubetui.demo.registry import Registry


class Host(Protocol):
    """A kubelet, as its pods see it."""

    clock: Clock
    registry: Registry
    rng: random.Random
    name: str
    ip: str

    @property
    def connected(self) -> bool:
        """Whether the API server can be reached."""

    def has_image(self, image: str) -> bool:
        """Whether the image is on the node already."""

    def keep_image(self, image: str) -> None:
        """The image has been pulled."""

    def take_ip(self) -> str:
        """An address for a new pod."""

    def release(self, pod: Json) -> None:
        """The pod is gone; its worker is needed no longer."""
