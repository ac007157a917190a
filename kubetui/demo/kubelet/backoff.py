"""How long a kubelet waits before it restarts a container or pulls an image again. Pure.

client-go's flowcontrol.Backoff with the kubelet's numbers: 10 s, doubled up to 5 minutes, forgotten after 10 quiet
minutes.
"""

FIRST = 10.0
LONGEST = 300.0


class Backoff:
    """The back-off of one container, or of one image in one pod."""

    __slots__ = ("_since", "seconds")

    def __init__(self) -> None:
        self.seconds = 0.0
        """How long to wait after the last failure; 0 before the first."""
        self._since = 0.0

    def wait(self, failed_at: float) -> float:
        """How many seconds after that failure the next try may begin."""
        if self.seconds and failed_at - self._since > 2 * LONGEST:
            self.seconds = 0.0
        return self.seconds

    def tried(self, at: float) -> None:
        """The next try begins: the one after that waits longer."""
        self.seconds = min(LONGEST, self.seconds * 2) if self.seconds else FIRST
        self._since = at


def spelled(seconds: float) -> str:
    """Seconds as Go prints a duration: `10s`, `1m20s`, `5m0s`."""
    whole = int(seconds)
    return f"{whole // 60}m{whole % 60}s" if whole >= 60 else f"{whole}s"
