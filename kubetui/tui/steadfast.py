"""What keeps a screen or a pane going after a fault of our own in a handler or a worker; the app tells what it was."""

from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import Worker, WorkerState


class Steadfast(MessagePump):
    """Goes on with the next message where a handler has failed; Textual would answer no key from there on."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            self.app._handle_exception(error)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker that failed would otherwise have done nothing, and said nothing."""
        error = event.worker.error
        if event.state is WorkerState.ERROR and isinstance(error, Exception):
            self.app._handle_exception(error)
