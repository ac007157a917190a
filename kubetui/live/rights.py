"""What the user may do, as far as the server tells: asked once for each namespace, and again when that has grown old.

What an answer that is not whole leaves out (a binding to a role that is gone, an authorizer that can't list its rules)
never counts as a no. Where it matters the server is asked about that very right.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from kubetui.client.api import Api
from kubetui.client.errors import ApiError
from kubetui.client.wirejson import decode_answer
from kubetui.live.permissions import allowed

log = logging.getLogger(__name__)

FRESH = 60.0
"""Seconds after which rules are asked for again, while somebody wants to know: roles change."""
RETRY = 20.0
"""Seconds until a question that got no answer is asked again."""
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"


class Right(NamedTuple):
    """A verb of the API on a resource, as a rule grants it."""

    verb: str
    group: str
    resource: str
    """The plural; of a subresource `pods/log`."""

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}" + (f".{self.group}" if self.group else "")


class Rule(msgspec.Struct, frozen=True, rename="camel"):
    """k8s.io/api/authorization/v1 ResourceRule."""

    verbs: tuple[str, ...] = ()
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()

    def grants(self, right: Right, name: str) -> bool:
        """Whether it allows this on the object of that name; the rule is RBAC's (rbac/v1 evaluation_helpers.go)."""
        subresource = right.resource.partition("/")[2]
        return (
            ("*" in self.verbs or right.verb in self.verbs)
            and ("*" in self.api_groups or right.group in self.api_groups)
            and (
                "*" in self.resources
                or right.resource in self.resources
                or bool(subresource and f"*/{subresource}" in self.resources)
            )
            and (not self.resource_names or name in self.resource_names)
        )


class Rules(NamedTuple):
    """What was answered for one namespace."""

    granted: tuple[Rule, ...] = ()
    whole: bool = False
    """Whether what is not granted is refused."""

    def grant(self, right: Right, name: str) -> bool:
        """Whether it is certain that this is allowed."""
        return any(rule.grants(right, name) for rule in self.granted)

    def forbid(self, right: Right, name: str) -> bool:
        """Whether it is certain that this is refused."""
        return self.whole and not self.grant(right, name)


class _Verdict(NamedTuple):
    """What was answered about one right in one namespace, whatever the object's name."""

    allowed: bool
    due: float
    """When it is to be asked again, on the event loop's clock."""


class Rights:
    """The rights of one user on one cluster. `known` answers at once; what it does not know it goes to ask."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._clock = asyncio.get_running_loop().time
        self._rules: dict[str, Rules] = {}
        self._due: dict[str, float] = {}
        """When each namespace is to be asked about again, on the event loop's clock."""
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._verdicts: dict[tuple[Right, str], _Verdict] = {}
        """Of rights that rules which are not whole say nothing of."""
        self._judging: dict[tuple[Right, str], asyncio.Task[None]] = {}
        self.on_learnt: list[Callable[[], None]] = []
        """Called when an answer has come that is different."""

    def forbid(self, right: Right, namespace: str, name: str) -> bool:
        """Whether it is certain that the user may not do this; an empty namespace is that of the cluster."""
        place = namespace or self._api.access.namespace
        if place not in self._asking and self._clock() >= self._due.get(place, 0.0):
            self._asking[place] = asyncio.create_task(self._ask(place), name="ask for rights")
        rules, verdict = self._rules.get(place, Rules()), self._verdicts.get((right, namespace))
        doubtful = not rules.whole and verdict is not None and not verdict.allowed
        return rules.forbid(right, name) or (doubtful and not rules.grant(right, name))

    async def learn(self, *namespaces: str, rights: Iterable[Right] = ()) -> None:
        """Waits until the answers for these namespaces are there, or failed to come; and what they leave open of these
        rights.
        """
        for namespace in namespaces:
            self.forbid(Right("get", "", "pods"), namespace, "")
        asking = [task for each in namespaces if (task := self._asking.get(each or self._api.access.namespace))]
        if asking:
            await asyncio.wait(asking)
        judging = [task for right in rights for each in namespaces if (task := self._judged(right, each))]
        if judging:
            await asyncio.wait(judging)

    def doubt(self) -> None:
        """Rights are not as they were told: all is asked anew when it is wanted next."""
        self._due.clear()
        self._verdicts.clear()

    async def close(self) -> None:
        """Asks no more."""
        tasks = (*self._asking.values(), *self._judging.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _judged(self, right: Right, namespace: str) -> asyncio.Task[None] | None:
        """The question about one right, where rules are known that leave it open and no fresh answer is there."""
        rules, key = self._rules.get(namespace or self._api.access.namespace), (right, namespace)
        verdict = self._verdicts.get(key)
        if rules is None or rules.whole or rules.grant(right, ""):
            return None
        if key not in self._judging and (verdict is None or self._clock() >= verdict.due):
            self._judging[key] = asyncio.create_task(self._judge(right, namespace), name="ask for a right")
        return self._judging.get(key)

    async def _judge(self, right: Right, namespace: str) -> None:
        key, before = (right, namespace), self._verdicts.get((right, namespace))
        plural, _, subresource = right.resource.partition("/")
        try:
            yes = await allowed(self._api, right.verb, right.group, plural, subresource, namespace)
        except ApiError as why:
            log.info("whether one may %s in %s is not known: %s", right, namespace, why)
            return
        finally:
            del self._judging[key]
        self._verdicts[key] = _Verdict(yes, self._clock() + FRESH)
        if before is None or before.allowed != yes:
            self._tell()

    async def _ask(self, namespace: str) -> None:
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectRulesReview",
            "spec": {"namespace": namespace},
        }
        try:
            body = await self._api.send("POST", REVIEWS, msgspec.json.encode(review))
            status = decode_answer(body, _Review, "a review of rights").status
        except ApiError as why:
            log.info("rights in %s are not known: %s", namespace, why)
            self._due[namespace] = self._clock() + RETRY
            return
        finally:
            del self._asking[namespace]
        rules = Rules(status.resource_rules or (), not status.incomplete and not status.evaluation_error)
        self._due[namespace] = self._clock() + FRESH
        if rules != self._rules.get(namespace):
            self._rules[namespace] = rules
            self._tell()

    def _tell(self) -> None:
        for listener in tuple(self.on_learnt):
            listener()


class _Status(msgspec.Struct, frozen=True, rename="camel"):
    resource_rules: tuple[Rule, ...] | None = None
    incomplete: bool = False
    evaluation_error: str = ""


class _Review(msgspec.Struct, frozen=True):
    status: _Status = _Status()
