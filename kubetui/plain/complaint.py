"""Errors as kubectl words them on stderr, where the server said what is wrong; else as the sentence they are."""

from kubetui.client.errors import ApiError


def complaint(error: ApiError) -> str:
    """`Error from server (NotFound): pods "x" not found`, as kubectl's StandardErrorMessage has it."""
    reason = error.status.get("reason")
    if reason == "Unauthorized":
        return f"error: You must be logged in to the server ({error.message})"
    if reason:
        return f"Error from server ({reason}): {error.message}"
    return f"error: {error}"
