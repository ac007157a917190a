"""What happens to the API server, and to the credentials by which it knows a person."""

from kubetui.demo.worlds.scenarios.scenario import Stage, seconds_of

SILENT = 30.0
DOWN = 10.0
EXPIRED = 30.0
"""Seconds, where none are given; the client's, whatever the speed of time."""


def silent(stage: Stage, given: str) -> str:
    """It answers nothing, on connections that stay open."""
    seconds = seconds_of(given, SILENT)
    stage.api.fall_silent(seconds)
    return f"{seconds:g} s"


def restart(stage: Stage, given: str) -> str:
    """It goes, with every connection to it, and comes back."""
    seconds = seconds_of(given, DOWN)
    stage.api.restart(seconds)
    return f"{seconds:g} s"


def expire(stage: Stage, given: str) -> str:
    """The tokens of the kubeconfig end to be good, until somebody writes new ones."""
    seconds = seconds_of(given, EXPIRED)
    stage.api.expire_tokens(seconds)
    return f"{seconds:g} s"
