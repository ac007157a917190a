"""Which of a server's resources a word on the command line means, where it is no kind that is known by itself."""

from kubetui.client import discovery
from kubetui.client.api import Api
from kubetui.client.errors import ApiError
from kubetui.resource import Resource


class UnknownKind(ApiError):
    """The server serves nothing of that name."""


async def served(api: Api, word: str) -> Resource:
    """The resource of a plural, singular or short name, `plural.group` or `plural.version.group`, in any case.

    Whole names go before short ones; raises `UnknownKind` where the server has no such thing.
    """
    wanted = word.lower()
    all_served = await discovery.resources(api)
    for names in (_full_names, _short_names):
        for resource in all_served:
            if wanted in names(resource):
                return resource
    raise UnknownKind(f'the server doesn\'t have a resource type "{word.partition(".")[0]}"')


def _full_names(resource: Resource) -> tuple[str, ...]:
    versioned = f"{resource.plural}.{resource.version}.{resource.group}"
    return (resource.plural, resource.singular, resource.kind.lower(), resource.qualified, versioned)


def _short_names(resource: Resource) -> tuple[str, ...]:
    return resource.short
