"""The built-in cluster answers what a real control plane has answered to kubectl, request by request."""

import pytest

from tests.differential import conversation, differences, session
from tests.differential.replay import Replay


@pytest.mark.parametrize("name", session.names())
async def test_the_built_in_cluster_answers_kubectl_as_a_real_one_has(name: str) -> None:
    found = await Replay(name).hold(conversation.read(name))
    assert not (new := differences.unknown(name, ((one.about, one.text) for one in found))), "\n\n".join(new)


def test_a_conversation_is_kept_of_every_session() -> None:
    for name in session.names():
        turns = conversation.read(name).turns
        assert [turn.command for turn in turns] == [command.text for command in session.read(name).commands]


def test_no_more_than_ten_differences_are_let_be_each_with_a_reason_and_a_place() -> None:
    known = differences.known()
    assert len(known) <= differences.MOST
    assert all(one.difference and one.reason and (one.places or one.alike) for one in known)


def test_a_difference_is_let_be_at_one_command_and_not_at_others_like_it() -> None:
    for place in (place for one in differences.known() for place in one.places):
        commands = [command.text for command in session.read(place.session).commands]
        assert commands.count(place.about) == 1 or place.about.startswith("left: ")
