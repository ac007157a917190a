"""What keeps a screen going after a fault of our own in one of its handlers; what the fault was, the app tells."""

from textual.message import Message
from textual.message_pump import MessagePump


class Steadfast(MessagePump):
    """Goes on with the next message where a handler has failed; Textual would answer no key from there on."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            self.app._handle_exception(error)
