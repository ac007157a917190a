"""Virtual time: moved by hand, and following the loop's at a speed that may change."""

import asyncio
from functools import partial

import pytest

from kubetui.demo import clock as clock_module
from kubetui.demo.clock import Clock, LiveClock


def test_calls_come_in_the_order_of_their_times_each_at_its_own() -> None:
    clock, called = Clock(100.0), list[tuple[str, float]]()
    clock.call_later(2, lambda: called.append(("b", clock.now())))
    clock.call_later(1, lambda: called.append(("a", clock.now())))
    clock.call_later(9, lambda: called.append(("never", clock.now())))
    clock.advance(5)
    assert called == [("a", 101.0), ("b", 102.0)]
    assert clock.now() == 105.0


def test_a_call_that_was_cancelled_never_comes() -> None:
    clock, called = Clock(0.0), list[str]()
    clock.call_later(1, lambda: called.append("a")).cancel()
    clock.advance(5)
    assert called == []


def test_time_in_steps_brings_together_what_is_nearly_at_once() -> None:
    clock, called = Clock(0.0), list[float]()

    def later() -> None:
        for seconds in (0.3, 0.4, 0.6):
            clock.call_later(seconds, lambda: called.append(clock.now()))

    clock.call_later(1, later)
    clock.advance(5, step=0.5)
    assert called == [1.5, 1.5, 2.0]
    clock.call_later(0.3, lambda: called.append(clock.now()))
    clock.advance(5)
    assert called[-1] == pytest.approx(5.3)


async def test_a_live_clock_goes_as_fast_as_it_is_told_and_may_be_told_otherwise() -> None:
    loop = asyncio.get_running_loop()
    clock = LiveClock(0.0, 1_000.0)
    assert clock.now() == 1_000.0
    clock.scale = 1_000.0
    began = loop.time()
    async with asyncio.timeout(10):
        await clock.sleep(20)
    assert 1_019.0 <= clock.now() <= 1_002.0 + 1_000 * (loop.time() - began)
    clock.scale = 0.0
    stands = clock.now()
    await asyncio.sleep(0.01)
    assert clock.now() == stands
    clock.stop()


async def test_others_get_their_turn_while_much_falls_due_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_module, "TURN", 0.0)
    clock = LiveClock(1.0, 0.0)
    happened: list[str] = []
    over = asyncio.Event()

    def due(name: str) -> None:
        asyncio.get_running_loop().call_soon(happened.append, "served")
        happened.append(name)
        if name == "c":
            over.set()

    for name in "abc":
        clock.call_later(0.0, partial(due, name))
    async with asyncio.timeout(10):
        await over.wait()
    assert happened[:5] == ["a", "served", "b", "served", "c"]
    clock.stop()


async def test_timers_that_wait_follow_a_change_of_speed() -> None:
    clock = LiveClock(0.0, 0.0)
    called = asyncio.Event()
    clock.call_later(3_600, called.set)
    clock.scale = 1_000_000.0
    async with asyncio.timeout(10):
        await called.wait()
    clock.stop()
