"""What a command printed."""

import asyncio


class Paper:
    """Stands for stdout and stderr."""

    def __init__(self, *, terminal: bool = False) -> None:
        self.terminal = terminal
        self.text = ""
        self.complaints: list[str] = []
        self._news = asyncio.Event()

    def write(self, text: str) -> None:
        self.text += text
        self._news.set()

    def complain(self, sentence: str) -> None:
        self.complaints.append(sentence)

    async def shows(self, text: str) -> None:
        """Returns once that text has been printed."""
        async with asyncio.timeout(100):
            while text not in self.text:
                self._news.clear()
                await self._news.wait()
