"""Pieces of cells that several kinds share: labels, selectors, containers, shortened lists. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]
NONE = "<none>"


def labels_text(labels: Mapping[str, str] | None) -> str:
    """Labels as `labels.FormatLabels` writes them: a=1,b=2."""
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or NONE


def selector_text(selector: Json | None) -> str:
    """A `metav1.LabelSelector` as `FormatLabelSelector` writes it: sorted by key."""
    if not selector:
        return NONE
    parts = [(key, f"{key}={value}") for key, value in (selector.get("matchLabels") or {}).items()]
    for wanted in selector.get("matchExpressions") or ():
        key, values = wanted["key"], ",".join(sorted(wanted.get("values") or ()))
        match wanted["operator"]:
            case "In":
                parts.append((key, f"{key} in ({values})"))
            case "NotIn":
                parts.append((key, f"{key} notin ({values})"))
            case "Exists":
                parts.append((key, key))
            case "DoesNotExist":
                parts.append((key, f"!{key}"))
    return ",".join(text for _, text in sorted(parts)) or NONE


def containers_of(template: Json) -> tuple[str, str]:
    """The names and the images of a template's containers."""
    containers = (template.get("spec") or {}).get("containers") or ()
    return ",".join(one["name"] for one in containers), ",".join(one.get("image", "") for one in containers)


def shortened(parts: Iterable[str], most: int = 3, separator: str = ",") -> str:
    """The first few of a list, and how many more there are."""
    known = list(parts)
    more = f" + {len(known) - most} more..." if len(known) > most else ""
    return separator.join(known[:most]) + more
