"""What texts are sorted and reckoned by: names with numbers in them, quantities."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubetui.text import natural, quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0),
        ("4", 4.0),
        ("100m", 0.1),
        ("1500m", 1.5),
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("250u", 0.00025),
        ("12n", 1.2e-8),
        ("1k", 1000.0),
        ("1M", 1e6),
        ("2G", 2e9),
        ("3T", 3e12),
        ("1P", 1e15),
        ("1E", 1e18),
        ("128Mi", 134217728.0),
        ("1Ki", 1024.0),
        ("1.5Gi", 1610612736.0),
        ("1Ti", 2.0**40),
        ("1Pi", 2.0**50),
        ("1Ei", 2.0**60),
        ("12e3", 12000.0),
        ("12E3", 12000.0),
        ("5e-1", 0.5),
        ("-100m", -0.1),
        ("+2", 2.0),
    ],
)
def test_a_quantity_has_a_value(text: str, value: float) -> None:
    assert quantity(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "m", "1K", "1ki", "1.2.3", "one", "1 Gi", "1Gi ", "٣"])
def test_what_is_no_quantity_is_nan(text: str) -> None:
    assert math.isnan(quantity(text))


def test_numbers_in_names_count_as_numbers() -> None:
    names = ["web-10", "web-9", "web", "api-2-10", "api-2-9", "9", "10", ""]
    assert sorted(names, key=natural) == ["", "9", "10", "api-2-9", "api-2-10", "web", "web-9", "web-10"]


@given(st.text(), st.text())
def test_any_two_texts_can_be_put_in_order(a: str, b: str) -> None:
    assert (natural(a) < natural(b)) or (natural(b) <= natural(a))
