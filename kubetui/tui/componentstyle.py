"""The style of a widget's component as it is laid over text: its colours as they are seen, on whatever is below."""

from rich.style import Style
from textual.widget import Widget


def component_style(widget: Widget, name: str) -> Style:
    """The component's colours blended as CSS says; its background only where it has one of its own."""
    seen, own = widget.get_component_rich_style(name), widget.get_component_rich_style(name, partial=True)
    return Style(
        color=seen.color,
        bgcolor=seen.bgcolor if own.bgcolor is not None else None,
        bold=own.bold,
        italic=own.italic,
        underline=own.underline,
        reverse=own.reverse,
        strike=own.strike,
    )


def tint_only(style: Style) -> Style:
    """The style without a colour of its text."""
    return Style(bgcolor=style.bgcolor, bold=style.bold, underline=style.underline, reverse=style.reverse)
