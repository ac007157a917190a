"""Relations: who belongs to whom, upwards and downwards, while objects come and go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubetui.kinds.kind import Health, Kind, Link, reference
from kubetui.live.change import Change
from kubetui.live.relations import Relations
from kubetui.read import Object, ObjectMeta
from kubetui.resource import resource


class Tied(Object):
    """An object that says itself what it is tied to."""

    ties: tuple[Link, ...] = ()


def kind(plural: str) -> Kind[Tied]:
    return Kind(Tied, resource("v1", plural, plural), (), health=lambda _: Health.WELL, links=lambda obj: obj.ties)


PODS, NODES, SETS, DEPLOYMENTS, SLICES, SERVICES = map(
    kind, ("pods", "nodes", "replicasets", "deployments", "endpointslices", "services")
)


def an(name: str, *ties: Link, uid: str = "", namespace: str = "") -> Tied:
    return Tied(metadata=ObjectMeta(name=name, uid=uid or name, namespace=namespace), ties=ties)


def came(of: Kind[Tied], new: Tied) -> Change:
    return Change(of, None, new, 0.0)


def went(of: Kind[Tied], old: Tied) -> Change:
    return Change(of, old, None, 0.0)


def changed(of: Kind[Tied], old: Tied, new: Tied) -> Change:
    return Change(of, old, new, 0.0)


ON_N1 = Link(reference("nodes", "", "n1"))
POD, OTHER = an("web-1", Link("set"), ON_N1), an("api-1", Link("api-set"), ON_N1)
SET, DEPLOYMENT, NODE = an("set", Link("web")), an("web"), an("n1", uid="node-1")
SLICE = an("slice", Link("service"), Link("web-1", down=True))
SERVICE = an("service")
ALL = [
    came(PODS, POD),
    came(PODS, OTHER),
    came(SETS, SET),
    came(DEPLOYMENTS, DEPLOYMENT),
    came(NODES, NODE),
    came(SLICES, SLICE),
    came(SERVICES, SERVICE),
]


def knowing(*changes: Change) -> Relations:
    relations = Relations()
    for change in changes:
        relations.changed([change])
    return relations


def test_what_is_below_is_found_through_what_lies_between() -> None:
    relations = knowing(*ALL)
    assert relations.below("web") == {"set", "web-1"}
    assert relations.below("service") == {"slice", "web-1"}
    assert relations.below("node-1") == {"web-1", "api-1"}
    assert relations.below("web-1") == set()


def test_what_is_above_is_found_through_what_lies_between() -> None:
    relations = knowing(*ALL)
    assert relations.above("web-1") == {"set", "web", "node-1", "slice", "service"}
    assert relations.above("api-1") == {"api-set", "node-1"}
    assert relations.above("web") == set()


def test_related_is_what_is_above_and_below_and_above_what_is_below() -> None:
    relations = knowing(*ALL)
    assert relations.related("web") == {"set", "web-1", "node-1", "slice", "service"}
    assert relations.related("service") == {"slice", "web-1", "set", "web", "node-1"}
    assert "api-1" not in relations.related("web-1")


@given(st.permutations(ALL))
def test_the_order_in_which_objects_come_makes_no_difference(order: list[Change]) -> None:
    ordered, shuffled = knowing(*ALL), knowing(*order)
    for uid in ("web", "set", "web-1", "api-1", "node-1", "service", "slice"):
        assert shuffled.related(uid) == ordered.related(uid)
        assert shuffled.above(uid) == ordered.above(uid)
        assert shuffled.below(uid) == ordered.below(uid)


@given(st.permutations(ALL))
def test_when_all_has_gone_nothing_is_kept(order: list[Change]) -> None:
    relations = knowing(*ALL)
    for each in order:
        assert each.new is not None
        relations.changed([Change(each.kind, each.new, None, 1.0)])
    assert not any((relations._up, relations._down, relations._uids, relations._names))


def test_a_pod_that_is_bound_to_a_node_is_tied_to_it_from_then_on() -> None:
    pending, bound = an("p"), an("p", ON_N1)
    relations = knowing(came(NODES, NODE), came(PODS, pending))
    assert relations.below("node-1") == set()
    relations.changed([changed(PODS, pending, bound)])
    assert relations.below("node-1") == {"p"}


def test_an_orphan_is_untied_from_its_owner() -> None:
    orphan = an("web-1", ON_N1)
    relations = knowing(*ALL, changed(PODS, POD, orphan))
    assert relations.below("web") == {"set"}
    assert relations.below("node-1") == {"web-1", "api-1"}


def test_a_link_by_name_follows_a_namesake_reborn() -> None:
    relations = knowing(*ALL, went(NODES, NODE), came(NODES, an("n1", uid="node-2")))
    assert relations.below("node-2") == {"web-1", "api-1"}
    assert relations.above("web-1") >= {"node-2"}
    assert relations.below("node-1") == set()


def test_a_late_word_of_the_one_that_went_does_not_unname_its_namesake() -> None:
    relations = knowing(came(PODS, POD), came(NODES, NODE), came(NODES, an("n1", uid="node-2")), went(NODES, NODE))
    assert relations.below("node-2") == {"web-1"}


def test_names_are_of_a_namespace() -> None:
    here = an("p", Link(reference("services", "a", "web")), namespace="a")
    relations = knowing(
        came(PODS, here),
        came(SERVICES, an("web", uid="in-a", namespace="a")),
        came(SERVICES, an("web", uid="in-b", namespace="b")),
    )
    assert relations.below("in-a") == {"p"}
    assert relations.below("in-b") == set()


def test_what_is_not_known_itself_is_named_by_its_reference() -> None:
    assert knowing(came(PODS, POD)).above("web-1") == {"set", reference("nodes", "", "n1")}


def test_a_circle_of_owners_comes_to_an_end() -> None:
    relations = knowing(came(PODS, an("a", Link("b"))), came(PODS, an("b", Link("a"))))
    assert relations.related("a") == {"b"}


def test_the_version_rises_with_links_and_not_with_news_that_change_none() -> None:
    relations = knowing(*ALL)
    version = relations.version
    relations.changed([changed(PODS, POD, an("web-1", Link("set"), ON_N1))])
    assert relations.version == version
    relations.changed([went(PODS, POD)])
    assert relations.version > version


@pytest.mark.parametrize("uid", ["nobody", ""])
def test_of_what_is_not_known_nothing_is_said(uid: str) -> None:
    relations = knowing(*ALL)
    assert not any((relations.related(uid), relations.above(uid), relations.below(uid)))
