"""A credential kept until it expires, and fetched once however many want it. Time is a number here."""

import asyncio

import pytest

from kubetui.client.errors import Unauthorized
from kubetui.client.renewal import Credential, Renewed


class Issuer:
    """Hands out a, b, c…, each good for 60 s, when it is let; or fails while told to."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.asked = 0
        self.lifetime: float | None = 60.0
        self.broken = False
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self) -> Credential:
        self.asked += 1
        await self.open.wait()
        if self.broken:
            raise Unauthorized(f"failure {self.asked}")
        return Credential("abcdef"[self.asked - 1], expires=None if self.lifetime is None else self.now + self.lifetime)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def renewed(issuer: Issuer) -> Renewed:
    return Renewed(issuer, now=lambda: issuer.now)


async def test_it_is_fetched_once_until_it_expires(issuer: Issuer, renewed: Renewed) -> None:
    seen = []
    for moment in (1000.0, 1059.0, 1060.0, 1061.0):
        issuer.now = moment
        seen.append((await renewed.credential()).authorization)
    assert seen == ["a", "a", "b", "b"]


async def test_without_an_expiry_it_is_kept(issuer: Issuer, renewed: Renewed) -> None:
    issuer.lifetime = None
    await renewed.credential()
    issuer.now += 1e9
    assert (await renewed.credential()).authorization == "a"


async def test_many_at_once_fetch_once(issuer: Issuer, renewed: Renewed) -> None:
    assert {each.authorization for each in await asyncio.gather(*(renewed.credential() for _ in range(9)))} == {"a"}
    assert issuer.asked == 1


async def test_many_refused_at_once_renew_once(issuer: Issuer, renewed: Renewed) -> None:
    await renewed.credential()
    issuer.now += 30
    assert await asyncio.gather(*(renewed.renew() for _ in range(9))) == [True] * 9
    assert (await renewed.credential()).authorization == "b"


async def test_a_refusal_that_comes_late_does_not_renew_again(issuer: Issuer, renewed: Renewed) -> None:
    await renewed.credential()
    issuer.now += 30
    await renewed.renew()
    issuer.now += 1
    assert await renewed.renew()
    assert issuer.asked == 2


async def test_the_same_credential_again_is_no_other(issuer: Issuer) -> None:
    async def same() -> Credential:
        return Credential("a")

    renewed = Renewed(same, now=lambda: issuer.now)
    await renewed.credential()
    issuer.now += 30
    assert not await renewed.renew()


async def test_whoever_is_cancelled_leaves_the_fetch_to_the_others(issuer: Issuer, renewed: Renewed) -> None:
    issuer.open.clear()
    impatient, patient = asyncio.create_task(renewed.credential()), asyncio.create_task(renewed.credential())
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    issuer.open.set()
    assert (await patient).authorization == "a"
    assert issuer.asked == 1


async def test_a_failure_is_told_to_all_who_wait(issuer: Issuer, renewed: Renewed) -> None:
    issuer.broken = True
    said = await asyncio.gather(*(renewed.credential() for _ in range(3)), return_exceptions=True)
    assert [str(each) for each in said] == ["failure 1"] * 3


async def test_a_failure_stands_for_a_moment_and_is_then_tried_again(issuer: Issuer, renewed: Renewed) -> None:
    issuer.broken = True
    for moment, told in ((1000.0, "failure 1"), (1004.0, "failure 1"), (1005.0, "failure 2")):
        issuer.now = moment
        with pytest.raises(Unauthorized, match=told):
            await renewed.credential()
    issuer.now, issuer.broken = 1010.0, False
    assert (await renewed.credential()).authorization == "c"


async def test_a_renewal_that_fails_keeps_what_has_not_expired(issuer: Issuer, renewed: Renewed) -> None:
    await renewed.credential()
    issuer.now, issuer.broken = 1030.0, True
    with pytest.raises(Unauthorized):
        await renewed.renew()
    assert (await renewed.credential()).authorization == "a"


async def test_what_is_handed_out_expired_is_not_fetched_at_every_request(issuer: Issuer, renewed: Renewed) -> None:
    issuer.lifetime = -1.0
    seen = []
    for moment in (1000.0, 1004.0, 1005.0):
        issuer.now = moment
        seen.append((await renewed.credential()).authorization)
    assert seen == ["a", "a", "b"]
