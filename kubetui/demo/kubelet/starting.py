"""How a pod begins: volumes and sandbox, then its containers in their order, each by image, values and postStart hook.

Init containers run one after the other to their end; sidecars start among them and stay; main containers follow, each
as soon as the one before it is up or can't be had (SyncPod of kuberuntime_manager.go).
"""

from collections.abc import Callable
from functools import partial
from math import inf

from kubetui.demo.kubelet import images
from kubetui.demo.kubelet.container import Container, Phase, Role
from kubetui.demo.kubelet.hooks import hook_of
from kubetui.demo.kubelet.life import Life
from kubetui.demo.kubelet.mounts import attachable, attached_elsewhere, missing_value, missing_volume
from kubetui.demo.kubelet.telling import Teller

SYNC_PERIOD = 13.0
"""About how often a kubelet looks at a pod that is backing off, and says so again."""

LONGEST_MOUNT_RETRY = 122.0
"""Seconds between attempts to mount a volume, doubled from half a second up to this."""

ATTACHER = "attachdetach-controller"
ATTACH_RETRY = 5.0
"""Seconds after which it is tried again to attach a volume that another node still has."""


class Starter:
    """Starts the containers of one pod."""

    def __init__(self, life: Life, teller: Teller, runs: Callable[[Container], None]) -> None:
        """`runs` is told of each container that has come up."""
        self._life = life
        self._host = life.host
        self._teller = teller
        self._runs = runs
        self._mount_retry = 0.5

    def begin(self) -> None:
        """Mount the pod's volumes, give it an address, and start what comes first."""
        registry, pod = self._host.registry, self._life.pod
        volume, users = attached_elsewhere(registry, pod)
        if users:
            told = f'Multi-Attach error for volume "{volume}" Volume is already used by pod(s) {", ".join(users)}'
            self._tell_of_volumes("FailedAttachVolume", told, warning=True)
            self._life.later(ATTACH_RETRY, self.begin)
            return
        problem = missing_volume(registry, pod)
        if problem:
            self._teller.event("FailedMount", problem, warning=True)
            self._life.later(self._mount_retry, self.begin)
            self._mount_retry = min(LONGEST_MOUNT_RETRY, self._mount_retry * 2)
            return
        for name in attachable(registry, pod):
            self._tell_of_volumes("SuccessfulAttachVolume", f'AttachVolume.Attach succeeded for volume "{name}" ')
        self._life.ip = self._host.ip if self._life.pod["spec"].get("hostNetwork") else self._host.take_ip()
        self.advance()

    def _tell_of_volumes(self, reason: str, message: str, *, warning: bool = False) -> None:
        """Volumes are attached by a controller, whose events these are."""
        kind = "Warning" if warning else "Normal"
        self._host.registry.event(self._life.pod, reason, message, type=kind, component=ATTACHER)

    def advance(self) -> None:
        """Start what may start now."""
        if self._life.stopping or self._life.gone:
            return
        underway = any(other.runs or other.finished for other in self._life.main)
        for one in self._life.containers:
            if one.phase is Phase.WAITING:
                self.launch(one)
            if one.role is Role.INIT:
                if one.phase is not Phase.DONE or not one.succeeded:
                    return
            elif one.role is Role.SIDECAR:
                if not one.startup_passed and not underway:
                    return
            elif one.phase is Phase.STARTING and not one.restarts:
                return

    def launch(self, one: Container) -> None:
        """Start a container, once its image is there."""
        one.phase = Phase.STARTING
        image: str = one.spec.get("image", "")
        policy = one.spec.get("imagePullPolicy", "IfNotPresent")
        if self._host.has_image(image) and policy != "Always":
            text = f'Container image "{image}" already present on machine and can be accessed by the pod'
            self._teller.container_event(one, "Pulled", text)
            self._life.later_for(one, 0.1, self._create)
        elif policy == "Never":
            what = f'Container image "{image}" is not present with pull policy of Never'
            self._teller.container_event(one, "ErrImageNeverPull", what, warning=True)
            self._teller.container_event(one, "Failed", "Error: ErrImageNeverPull", warning=True)
            self._hold(one, "ErrImageNeverPull", what)
        else:
            self._teller.container_event(one, "Pulling", f'Pulling image "{image}"')
            seconds = 0.4 if self._host.has_image(image) else images.pull_seconds(image)
            failed = bool(images.failure(image))
            self._life.later_for(one, 1.2 if failed else seconds, partial(self._pulled, seconds=seconds))

    def _pulled(self, one: Container, *, seconds: float) -> None:
        image: str = one.spec["image"]
        problem = images.failure(image)
        if problem:
            self._teller.container_event(one, "Failed", f'Failed to pull image "{image}": {problem}', warning=True)
            self._teller.container_event(one, "Failed", "Error: ErrImagePull", warning=True)
            one.image_backoff.tried(self._host.clock.now())
            self._hold(one, "ErrImagePull", problem)
            self._life.later_for(one, 2.0, partial(self._back_off, left=one.image_backoff.seconds))
            return
        self._host.keep_image(image)
        took = f"{seconds:.3f}".rstrip("0").rstrip(".") + "s" if seconds >= 1 else f"{int(seconds * 1000)}ms"
        self._teller.container_event(
            one,
            "Pulled",
            f'Successfully pulled image "{image}" in {took} ({took} including waiting). '
            f"Image size: {images.size(image)} bytes.",
        )
        self._life.later_for(one, 0.1, self._create)

    def _back_off(self, one: Container, *, left: float) -> None:
        image: str = one.spec["image"]
        self._teller.container_event(one, "BackOff", f'Back-off pulling image "{image}"')
        self._teller.container_event(one, "Failed", "Error: ImagePullBackOff", warning=True)
        message = f'Back-off pulling image "{image}": ErrImagePull: {images.failure(image)}'
        self._hold(one, "ImagePullBackOff", message)
        if left > SYNC_PERIOD:
            self._life.later_for(one, SYNC_PERIOD, partial(self._back_off, left=left - SYNC_PERIOD))
        else:
            self._life.later_for(one, left, self.launch)

    def _create(self, one: Container) -> None:
        problem = missing_value(self._host.registry, self._life.pod, one.spec)
        if problem:
            self._teller.container_event(one, "Failed", f"Error: {problem}", warning=True)
            self._hold(one, "CreateContainerConfigError", problem)
            self._life.later_for(one, SYNC_PERIOD, self.launch)
            return
        one.identity = f"containerd://{self._host.rng.getrandbits(256):064x}"
        one.started_at = self._host.clock.now()
        self._teller.container_event(one, "Created", "Container created")
        self._teller.container_event(one, "Started", "Container started")
        hook = hook_of(one, "postStart", 0.0)
        if hook is None:
            self._up(one)
        elif hook.seconds < inf:
            self._life.later_for(one, hook.seconds, partial(self._hooked, succeeded=hook.succeeds))

    def _hooked(self, one: Container, *, succeeded: bool) -> None:
        if succeeded:
            self._up(one)
            return
        self._teller.container_event(one, "FailedPostStartHook", "PostStartHook failed", warning=True)
        self._teller.container_event(one, "Killing", "FailedPostStartHook")
        self._hold(one, "PostStartHookError", "PostStartHook failed")
        one.restarts += 1
        one.backoff.tried(self._host.clock.now())
        self._life.later_for(one, one.backoff.seconds, self.launch)

    def _up(self, one: Container) -> None:
        one.phase = Phase.RUNNING
        one.reason = one.message = ""
        if one.finished is not None:
            one.last, one.finished = one.finished, None
        one.startup_passed = not one.probe("startup")
        one.ready = one.startup_passed and not one.probe("readiness")
        self._runs(one)
        self._teller.report()
        self.advance()

    def _hold(self, one: Container, reason: str, message: str) -> None:
        if one.finished is not None:
            one.last, one.finished = one.finished, None
        one.phase = Phase.HELD
        one.reason, one.message = reason, message
        self._teller.report()
        self.advance()
