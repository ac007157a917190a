"""kubetui: a live terminal explorer of Kubernetes clusters."""

__version__ = "0.1.0"
