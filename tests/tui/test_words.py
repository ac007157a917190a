"""What is suggested while a command is typed."""

import pytest

from kubetui.resource import Resource
from kubetui.settings.options import Options
from kubetui.tui.session import Session
from kubetui.tui.ways.prompt import Completer
from kubetui.tui.ways.words import completions

METRICS = Resource("metrics.k8s.io", "v1beta1", "pods", "PodMetrics", verbs=("get", "list"))
WIDGETS = Resource("example.com", "v1", "widgets", "Widget", verbs=("get", "list"))


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("po", "pods"),
        ("pods", None),
        ("pods.", "pods.metrics.k8s.io"),
        ("deploy", "deployments"),
        ("deployments", None),
        ("wid", "widgets"),
        ("widgets.ex", "widgets.example.com"),
    ],
)
async def test_a_kind_is_suggested_with_its_group_to_who_types_the_dot(typed: str, suggested: str | None) -> None:
    session = Session(Options())
    session.resources = (METRICS, WIDGETS)
    assert await Completer(lambda text: completions(session, text)).get_suggestion(typed) == suggested
