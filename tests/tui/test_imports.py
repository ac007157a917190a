"""What is loaded until the first row is on the screen: nothing heavy that it does not need."""

import subprocess
import sys

UNTIL_THE_PICTURE = """
import sys
import kubetui.cli
import kubetui.tui.start
import kubetui.tui.firstpicture
import kubetui.client.protobuf
print(*sorted(name for name in sys.modules if name.count(".") < 2))
"""
HEAVY = {
    "email", "http", "html", "json.tool", "kubernetes", "kubernetes_asyncio", "markdown_it", "multiprocessing",
    "pygments", "rich.console", "rich.text", "textual", "unittest", "urllib.request", "urllib3", "xml", "zipfile",
}  # fmt: skip
OURS = {
    "kubetui.actions", "kubetui.client", "kubetui.kinds", "kubetui.live", "kubetui.settings", "kubetui.story",
    "kubetui.tui", "kubetui.cli", "kubetui.read", "kubetui.resource", "kubetui.text",
}  # fmt: skip
OTHERS = {"google", "httptools", "msgspec", "platformdirs", "rich", "typing_extensions", "yaml"}
"""What is not of the standard library."""


def loaded(script: str) -> set[str]:
    """The names that a Python prints."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_first_row_needs_few_packages() -> None:
    modules = loaded(UNTIL_THE_PICTURE)
    known = sys.stdlib_module_names | {
        "kubetui",
        "__main__",
        "_virtualenv",
        "sitecustomize",
        "_distutils_hack",
        "cython_runtime",
    }
    others = {name.partition(".")[0] for name in modules} - known
    assert {name for name in others if not name.startswith("_")} <= OTHERS
    assert modules & HEAVY == set()


def test_of_kubetui_it_needs_nothing_but_what_reads_and_shows() -> None:
    modules = loaded(UNTIL_THE_PICTURE)
    assert {name for name in modules if name.startswith("kubetui.")} <= OURS


def test_an_app_that_shows_a_list_has_loaded_no_other_view() -> None:
    modules = loaded("import sys, kubetui.tui.app\nprint(*sys.modules)")
    views = ("kubetui.tui.object.screen", "kubetui.tui.logs.view", "kubetui.tui.ways.help", "kubetui.tui.object.drawer")
    assert modules.isdisjoint(views)
    assert modules.isdisjoint(
        {"textual.widgets._data_table", "textual.widgets._markdown", "textual.widgets._text_area"}
    )
    assert not {name for name in modules if name.startswith(("tree_sitter", "kubernetes", "kubetui.demo"))}
