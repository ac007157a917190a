"""Label selectors as kubectl prints them, which is also how a list request takes them. Pure."""

from collections.abc import Mapping

from kubetui.kinds.columns import NONE
from kubetui.read import At, Read

_OPERATORS = {"In": " in ", "NotIn": " notin "}


class LabelSelectorRequirement(Read):
    """meta/v1 LabelSelectorRequirement."""

    key: At[str, 1] = ""
    operator: At[str, 2] = ""
    values: At[tuple[str, ...], 3] = ()


class LabelSelector(Read):
    """meta/v1 LabelSelector."""

    match_labels: At[dict[str, str], 1] = {}
    match_expressions: At[tuple[LabelSelectorRequirement, ...], 2] = ()


def selector_text(selector: LabelSelector) -> str:
    """`app=web,tier in (api,web)`: by key (k8s.io/apimachinery/pkg/labels, Selector.String); empty for everything."""
    requirements = [(key, f"{key}={value}") for key, value in selector.match_labels.items()]
    requirements += [(each.key, _requirement_text(each)) for each in selector.match_expressions]
    return ",".join(text for _, text in sorted(requirements, key=lambda pair: pair[0]))


def _requirement_text(requirement: LabelSelectorRequirement) -> str:
    if requirement.operator in _OPERATORS:
        return f"{requirement.key}{_OPERATORS[requirement.operator]}({','.join(sorted(requirement.values))})"
    return f"!{requirement.key}" if requirement.operator == "DoesNotExist" else requirement.key


def labels_text(labels: Mapping[str, str]) -> str:
    """`app=web,tier=api`, sorted (k8s.io/apimachinery/pkg/labels, FormatLabels)."""
    return ",".join(sorted(f"{key}={value}" for key, value in labels.items())) or NONE
