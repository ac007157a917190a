"""The filter language of `/`."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubetui.kinds.kind import Health
from kubetui.live.filter import EVERYTHING, Filter, FilterError, Subject, parse_filter
from kubetui.live.pattern import LONGEST_TEXT, PATIENCE, compile_pattern

WEB = Subject(
    "web-7d4b9c-x2k1p\nshop\n1/1\nRunning\nnode-2",
    "shop",
    {"app": "web", "tier": "front", "env": "prod", "debug": ""},
    Health.PROGRESS,
)


def passes(text: str, subject: Subject = WEB) -> bool:
    return parse_filter(text).matches(subject)


def test_nothing_typed_shows_everything() -> None:
    assert parse_filter("  ") == EVERYTHING
    assert not parse_filter("")
    assert passes("")


def test_words_with_blanks_between_must_all_be_there() -> None:
    assert passes("web running")
    assert not passes("web pending")


def test_words_joined_by_a_bar_are_a_choice_that_binds_closer_than_the_blank() -> None:
    assert passes("api|web")
    assert passes("node-2 api | web")
    assert not passes("node-3 api|web")


def test_a_word_behind_an_exclamation_mark_must_not_be_there() -> None:
    assert passes("!api")
    assert not passes("!web")
    assert passes("!api web")
    assert passes("!!web")


def test_case_counts_only_where_an_upper_case_letter_stands_in_the_word() -> None:
    assert passes("running")
    assert passes("Running")
    assert not passes("RUNNING")
    assert passes("/^running$/")
    assert not passes("/^RUNNING$/")


def test_an_expression_is_tried_on_each_cell() -> None:
    assert passes(r"/^web-\w+-\w{5}$/")
    assert passes("/^running$/ node")
    assert not passes("/web.*Running/")


def test_a_class_in_an_expression_is_no_upper_case_letter() -> None:
    assert passes(r"/^RUNNING\S*$/") is False
    assert passes(r"/^running\S*$/")


def test_an_expression_may_hold_blanks_and_bars_and_escaped_slashes() -> None:
    assert passes("/web|api/ !/a b/")
    assert passes(r"/1\/1/")


def test_an_expression_that_is_not_closed_yet_reaches_to_the_end() -> None:
    assert passes("/^web-")
    assert passes("/^web-\\")


@pytest.mark.parametrize("begun", ["!", "web !", "web |", "| web", "/", "//", "ns:", "web ns:"])
def test_a_term_that_is_only_begun_does_not_narrow_yet(begun: str) -> None:
    assert passes(begun)


def test_ns_asks_for_the_namespace() -> None:
    assert passes("ns:sho")
    assert not passes("ns:web")
    assert passes("!ns:kube")


def test_a_glyph_asks_for_the_health() -> None:
    assert passes("✖|◐")
    assert not passes("●")
    assert passes("!●")


@pytest.mark.parametrize(
    "selector",
    [
        "app=web",
        "app==web",
        "app = web",
        "app=web,tier!=db",
        "app!=api",
        "owner!=me",
        "env in (prod,test)",
        "env in (prod, test),app",
        "env notin (test)",
        "owner notin (me)",
        "app",
        "!owner",
        "debug=",
        "debug in (,x)",
        "app.kubernetes.io/name!=x",
    ],
)
def test_a_label_selector_that_fits(selector: str) -> None:
    assert passes(f"-l {selector}")
    assert passes(f"web -l {selector}")


@pytest.mark.parametrize(
    "selector",
    ["app=api", "app!=web", "owner=me", "env in (test)", "env notin (prod)", "owner", "!app", "owner in (me)"],
)
def test_a_label_selector_that_does_not_fit(selector: str) -> None:
    assert not passes(f"-l {selector}")


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ("-l", "a label's name is missing at the end"),
        ("-l =x", "a label's name is missing before '=x'"),
        ("-l app=web,", "missing at the end"),
        ("-l env in", "needs values in parentheses"),
        ("-l env in (a", "needs values in parentheses"),
        ("-l env in ()", "at least one value"),
        ("-l env in (a b)", "cannot be the value of a label"),
        ("/(web/", "is not complete"),
        ("/[a/", "is not complete"),
        ("/*/", "is not complete"),
        ("/" + "a" * 201 + "/", "longer than 200 characters"),
    ],
)
def test_what_is_broken_is_told_in_a_sentence(broken: str, sentence: str) -> None:
    with pytest.raises(FilterError, match=sentence.replace("(", r"\(")):
        parse_filter(broken)


@pytest.mark.parametrize(
    "greedy",
    [
        "(a|aa)+$",
        "(a|a)*b?c?$",
        "(a?){60}a{60}$",
        "(?:a*)*b*$x",
        "(a*)*(a*)*(a*)*$x|b",
        "(?:a+){2,}(?!.)b|c",
        ".*.*.*.*.*.*[^a]",
        "a?" * 60 + "a" * 60,
        "(?r)(a|aa)+$",
        r"(?:(a+)\1)+\1$",
    ],
)
def test_an_expression_that_might_run_for_ever_is_given_up_in_time(greedy: str) -> None:
    expression = compile_pattern(greedy)
    started = time.process_time()
    for _ in range(50):
        expression.search("a" * LONGEST_TEXT + "!")
        list(expression.finditer("a" * 10_000 + "!"))
    assert time.process_time() - started < 10 * PATIENCE


def test_what_was_given_up_matches_no_more_and_says_so() -> None:
    parsed = parse_filter("/(a|aa)+$/")
    assert parsed.matches(Subject("a", "", {})) and not parsed.given_up
    assert not parsed.matches(Subject("a" * 250 + "!", "", {})) and parsed.given_up
    assert not parsed.matches(Subject("a", "", {}))


@pytest.mark.parametrize(
    "usual",
    [r"^web-.*-[a-z0-9]{5}$", "(web|api)-.*", r"v\d+(\.\d+)?", "[^)(*+?]+x", r"\(a\)+", "(?:api)?-x", "[]a]+", "a{2}"],
)
def test_usual_expressions_are_never_given_up(usual: str) -> None:
    parsed = parse_filter(f"/{usual}/")
    for text in ("web-7d4b9c-x2k1p", "a" * LONGEST_TEXT, "(" * LONGEST_TEXT, "1." * LONGEST_TEXT):
        parsed.matches(Subject(text, "", {}))
    assert not parsed.given_up


def test_a_text_of_thousands_of_words_is_a_filter_too() -> None:
    assert passes("web " * 5000)
    assert passes("api|" * 5000 + "web")
    assert not passes("!" * 5001 + "web")


def test_filters_are_equal_where_the_text_is() -> None:
    assert parse_filter(" web ") == parse_filter("web") != parse_filter("api")


@given(st.text(max_size=80) | st.text(alphabet="ab|!/-l ns:(){}[]?*+,=\\^$.1", max_size=60))
def test_any_text_is_a_filter_or_an_error_quickly(text: str) -> None:
    started = time.process_time()
    try:
        parsed = parse_filter(text)
    except FilterError as why:
        assert str(why)
    else:
        assert isinstance(parsed, Filter)
        parsed.matches(WEB)
    assert time.process_time() - started < 1.0
