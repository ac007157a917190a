"""The completion indexes of an indexed Job: their numbers as a text, and what a Job's pods say about theirs. Pure."""

from collections.abc import Iterable

from kubetui.demo.objects import Json

INDEX = "batch.kubernetes.io/job-completion-index"
FAILURES = "batch.kubernetes.io/job-index-failure-count"
IGNORED = "batch.kubernetes.io/job-index-ignored-failure-count"


def numbers(text: str) -> set[int]:
    """The numbers of a text like `0,2-4`."""
    found: set[int] = set()
    for part in text.split(",") if text else ():
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def spans(found: Iterable[int]) -> str:
    """Numbers as a text like `0,2-4`; two neighbours are told one by one, as the controller does."""
    runs: list[list[int]] = []
    for number in sorted(found):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(_run(first, last) for first, last in runs)


def index_of(pod: Json) -> int | None:
    """The index that the pod works on; None where it has none."""
    written = (pod["metadata"].get("annotations") or {}).get(INDEX, "")
    return int(written) if written.isdigit() else None


def failures_of(pod: Json) -> int:
    """How many pods of the same index have failed before this one."""
    written = (pod["metadata"].get("annotations") or {}).get(FAILURES, "")
    return int(written) if written.isdigit() else 0


def _run(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first},{last}" if last == first + 1 else f"{first}-{last}"
