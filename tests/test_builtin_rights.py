"""The people of the built-in cluster, and what they may do there: its rules and its verdicts are the same."""

import asyncio
from pathlib import Path

import pytest

from kubetui.builtin import built_in_cluster
from kubetui.client.kubeconfig import load
from tests.live.agreeing import disagreements


def test_the_rules_of_each_person_are_what_they_may_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with built_in_cluster(["--nodes=1"]) as path:
        kubeconfig = load(path)
        contexts = [entry.name for entry in kubeconfig.contexts]
        assert len(contexts) > 1
        for context in contexts:
            assert asyncio.run(disagreements(kubeconfig, context, "default")) == []
