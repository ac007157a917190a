"""What every test stands on."""

import asyncio

# Round a plain fixture of an async test, pytest-asyncio saves the current event loop; where none was ever set, Python
# makes one just for that, which nobody closes: a ResourceWarning in whatever test runs when it is collected.
asyncio.set_event_loop(None)
