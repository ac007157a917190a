"""The story strip: the last lines of what happened and why, and the running healing time."""

import time
from typing import ClassVar

from textual.content import Content
from textual.widgets import Static

from kubetui.live.rights import Right
from kubetui.story.episode import Episode, Role
from kubetui.tui.board.places import LOW_STORY, STORY
from kubetui.tui.headline import HEALTH_STYLE
from kubetui.tui.session import Session

_STYLE = {
    Role.TEXT: "",
    Role.ACTOR: "bold",
    Role.CAUSE: "",
    Role.OBJECT: "$text-accent",
    Role.TIME: "$text-muted",
    Role.OUTCOME: "bold",
}


class StoryStrip(Static):
    """The newest episodes, the newest last; as many as there are lines. Open ones carry a running clock."""

    DEFAULT_CSS = f"""
    StoryStrip {{ height: {STORY}; padding: 0 1; background: $surface; border-top: solid $panel-lighten-1; }}
    StoryStrip.-low {{ height: {LOW_STORY}; }}
    """

    NOTHING: ClassVar = "Nothing has happened yet."
    INVITATION: ClassVar = " Delete a pod (ctrl-d) and watch the cluster heal."

    def __init__(self, session: Session) -> None:
        super().__init__("")
        self._session = session
        self._shown = ""

    @property
    def is_running(self) -> bool:
        """Whether a clock on it runs."""
        return any(episode.is_open for episode in self._episodes())

    def paint(self) -> None:
        """Shows the episodes as they are now; unchanged text costs nothing."""
        if not self.display or not self.size.width:
            return
        now = self._session.clock()
        lines = [self._line(episode, now) for episode in self._episodes()]
        content = Content("\n").join(lines) if lines else self._nothing()
        if content.plain != self._shown:
            self._shown = content.plain
            self.update(content, layout=False)

    def _nothing(self) -> Content:
        if self._session.cluster is None:
            return Content("")
        return Content.styled(self.NOTHING + (self.INVITATION if self._may_delete() else ""), "$text-muted")

    def _may_delete(self) -> bool:
        """Whether it is not known that the person may delete no pod here."""
        cluster, scope = self._session.cluster, self._session.scope
        if cluster is None or self._session.readonly:
            return False
        return not cluster.rights.forbid(Right("delete", "", "pods"), scope[0] if scope else "", "")

    def _episodes(self) -> list[Episode]:
        return list(self._session.teller.episodes)[-max(1, self.content_size.height) :]

    def _line(self, episode: Episode, now: float) -> Content:
        clock = time.strftime("%H:%M:%S", time.localtime(episode.began))
        width = max(20, self.content_size.width - len(clock) - 4)
        parts = episode.parts(now, width)
        told = [(part.text, self._style(part.role, episode)) for part in parts]
        return Content.assemble(
            (f"{clock} ", "$text-muted"), (f"{episode.mood.value} ", HEALTH_STYLE[episode.mood]), *told
        )

    def _style(self, role: Role, episode: Episode) -> str:
        return f"bold {HEALTH_STYLE[episode.mood]}" if role is Role.OUTCOME else _STYLE[role]
