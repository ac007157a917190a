"""Makes the pictures of the README from the running app, on a small shop of a cluster held in memory."""

import asyncio
import tempfile
from pathlib import Path

from tests.fake.apiserver import FakeApiServer
from tests.tui.exploring import Person, exploring
from tests.tui.shop import NOW, pod, shop, stamp

PICTURES = Path(__file__).with_name("pictures")
SIZE = (132, 36)


class Hours:
    """The clock on the wall of the shop."""

    def __init__(self) -> None:
        self.now = NOW.timestamp()

    def __call__(self) -> float:
        return self.now


def keep(person: Person, name: str) -> None:
    """Saves what is on the screen."""
    person.app.save_screenshot(f"{name}.svg", path=str(PICTURES))


async def healing(person: Person, server: FakeApiServer, hours: Hours) -> None:
    """A pod is deleted, its replacement comes: half-way there the picture is taken."""
    await person.press("f4", "down", "down")
    await person.pilot.pause()
    dying = pod("web", "lm4vd", "node-3")
    dying["metadata"] |= {"deletionTimestamp": stamp(30), "deletionGracePeriodSeconds": 30}
    server.changes(dying)
    hours.now += 0.04
    await person.sees("someone deleted pod")
    born = pod("web", "zq5tn", "", phase="Pending", created=stamp())
    server.adds(born)
    await person.sees("zq5tn")
    hours.now += 0.3
    server.changes(pod("web", "zq5tn", "node-2", phase="Pending", created=stamp()))
    hours.now += 1.5
    await person.sees("scheduled to")
    await person.pilot.pause(0.5)
    keep(person, "board")


async def an_object(person: Person, server: FakeApiServer, hours: Hours) -> None:
    await person.press("f4", "enter")
    await person.sees("Containers")
    keep(person, "object")


async def logs(person: Person, server: FakeApiServer, hours: Hours) -> None:
    paths = ("/", "/cart", "/checkout", "/healthz")
    for at, app in enumerate(("web-7d4b9c-x2k1p", "web-7d4b9c-q8zzl", "web-7d4b9c-lm4vd")):
        asked = ((stamp(60 * n + 7 * at), paths[(n + at) % 4], 3 + n % 9) for n in range(-14, 0))
        lines = [f"{when} \033[32mGET\033[0m {path} 200 {took} ms" for when, path, took in asked]
        server.answers(f"*/{app}/log", 200, {"content-type": "text/plain"}, "\n".join(lines) + "\n", times=None)
    await person.press("f1", "down", "l")
    await person.sees("GET", "/checkout")
    keep(person, "logs")


async def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    for scene in (healing, an_object, logs):
        server, hours = shop(), Hours()
        with tempfile.TemporaryDirectory() as folder:
            async with exploring(server, Path(folder), size=SIZE, clock=hours) as person:
                await person.live()
                await scene(person, server, hours)


if __name__ == "__main__":
    asyncio.run(main())
