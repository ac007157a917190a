"""The explorer: which screens there are, and how one gets from one to another. It knows no kind and no verb."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.widget import AwaitMount

from kubetui.actions.action import Show, Target
from kubetui.client.errors import ApiError, BadConfig
from kubetui.kinds.builtin import find
from kubetui.live.filter import EVERYTHING, FilterError, parse_filter
from kubetui.settings.paths import journal_file
from kubetui.text import sanitise
from kubetui.tui.asks import LookAt, OpenObject, ToBoard
from kubetui.tui.board.screen import Board
from kubetui.tui.first.look import DEFAULT
from kubetui.tui.frames import Frames
from kubetui.tui.headline import Headline
from kubetui.tui.listing import Listing
from kubetui.tui.output.painted import Painted
from kubetui.tui.session import Session
from kubetui.tui.steadfast import Steadfast
from kubetui.tui.themes import ALIASES, themes
from kubetui.tui.veil.filters import Masking
from kubetui.tui.ways.command import Board as BoardAsked
from kubetui.tui.ways.command import Context, Contexts, Help, Journal, Namespaces, Open, Quit, parse_command
from kubetui.tui.ways.keys import GOING, LOOKING
from kubetui.tui.ways.palette import Finder, Palette
from kubetui.tui.ways.places import ListPlace, ObjectPlace, Place, Placed, Trail
from kubetui.tui.ways.prompt import Prompt
from kubetui.tui.ways.visits import Visits
from kubetui.tui.workplace import Workplace

log = logging.getLogger(__name__)


class Explorer(Steadfast, Painted[int]):
    """Shows a session. Nothing but the person ends it: what fails is told, and the log file has the rest."""

    TITLE = "kubetui"
    CSS_PATH = Path(__file__).with_name("explorer.tcss")
    COMMANDS = {Palette}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "quit", "leave kubetui", show=False, priority=True, id="quit", group=GOING),
        Binding("ctrl+q", "quit", "leave kubetui", show=False, priority=True),
        Binding("question_mark", "help", "help", show=False, id="help", group=GOING),
        Binding("ctrl+p", "command_palette", "find anything", show=False, id="palette", group=GOING),
        Binding("minus", "last", "the view before", show=False, id="last-view", group=GOING),
        Binding("left_square_bracket", "step(-1)", "back in history", show=False, id="history-back", group=GOING),
        Binding("right_square_bracket", "step(1)", "forth in history", show=False, id="history-forth", group=GOING),
        Binding("ctrl+l", "redraw", "draw the screen anew", show=False, id="redraw", group=LOOKING),
        Binding("ctrl+x", "veil", "names masked on and off", show=False, priority=True, id="mask", group=LOOKING),
        Binding("ctrl+e", "head", "head line on and off", show=False, id="head", group=LOOKING),
        Binding("ctrl+z", "suspend_process", "to the shell, until fg", show=False, id="suspend", group=GOING),
    ]

    def __init__(self, session: Session, problems: Sequence[str] = ()) -> None:
        super().__init__(ansi_color=_wanted(session).startswith("ansi"))
        self.session = session
        self._problems = problems
        """What was wrong with the settings; told as soon as there is a screen."""
        self._visits: Visits[Trail] = Visits(self.trail)

    @property
    def trail(self) -> Trail:
        """The way to where one is."""
        screens = self.screen_stack if self.is_running else ()
        places = tuple(screen.place for screen in screens if isinstance(screen, Placed))
        return Trail(self.session.context, self.session.scope, places)

    async def on_mount(self) -> None:
        """Opens what was asked for. Nothing is painted before that stands, and no board is made before it is seen."""
        for theme in themes():
            self.register_theme(theme)
        wanted = _wanted(self.session)
        known = ALIASES.get(wanted, wanted)
        self.theme = known if known in self.available_themes else DEFAULT
        if known not in self.available_themes:
            self.complain(f"There is no theme {wanted!r}. ctrl-p and the word theme show those there are.")
        for sentence in self._problems:
            self.complain(sentence, seconds=30)
        self.frames = Frames()
        self.session.on_switch.append(self._switched)
        word = self.session.options.kind or ""
        if kind := find(word):
            await self._enter(ListPlace(kind, EVERYTHING))
            self._visits.visit(self.trail)
            return
        await self.push_screen(Board(self.session, self.frames))
        if word:
            self.open_list(Open(word))

    def obey(self, line: str) -> None:
        """Does what a command line asks for."""
        match parse_command(line):
            case Open() as command:
                self.open_list(command)
            case Namespaces(names):
                self.look_at(names)
            case Context(name):
                self.go_to(name)
            case Contexts():
                self.action_contexts()
            case BoardAsked():
                self.to_board()
            case Journal():
                self.open_journal()
            case Help():
                self.action_help()
            case Quit():
                self.exit(0)

    @work(group="open", exclusive=True, exit_on_error=False, description="a list")
    async def open_list(self, command: Open) -> None:
        """A list of the kind a word means, over the board."""
        self._visits.visit(self.trail)
        if command.context and not await self._is_in(command.context):
            return
        if command.namespaces is not None:
            self._narrow_to(command.namespaces)
        try:
            kind = await self.session.kind(command.word)
            wanted = parse_filter(command.filter) if command.filter else EVERYTHING
        except (ApiError, FilterError) as why:
            self.complain(str(why))
            return
        if kind is None:
            self.complain(f"This cluster serves no kind called {command.word!r}. ctrl-p lists those it does.")
            return
        self._descend()
        self._enter(ListPlace(kind, wanted))
        self._visits.visit(self.trail)

    def open_object(self, target: Target, show: Show) -> None:
        """The object view on one of its tabs."""
        self._visits.visit(self.trail)
        self._enter(ObjectPlace(target.uid, target, show))
        self._visits.visit(self.trail)

    def _enter(self, place: Place) -> AwaitMount:
        match place:
            case ListPlace(kind, wanted):
                return self.push_screen(Listing(self.session, self.frames, kind, wanted))
            case ObjectPlace(_, target, show):
                from kubetui.tui.object.screen import ObjectScreen

                return self.push_screen(ObjectScreen(self.session, self.frames, target, show))

    def action_last(self) -> None:
        """To where one was before, and back."""
        self._visits.visit(self.trail)
        self._go(self._visits.last())

    def action_step(self, by: int) -> None:
        """Back or forth among the views of this session."""
        self._visits.visit(self.trail)
        self._go(self._visits.step(by))

    @work(group="open", exclusive=True, exit_on_error=False, description="where one was")
    async def _go(self, trail: Trail | None) -> None:
        if trail is None:
            self.notify("There is no other view in that direction.", timeout=2)
            return
        if not await self._is_in(trail.context):
            return
        self._narrow_to(trail.scope)
        self.to_board()
        for place in trail.places:
            self._enter(place)

    @on(Prompt.Entered)
    def _entered(self, event: Prompt.Entered) -> None:
        """A command, of whichever screen; that has put its line away by now."""
        if event.mark == ":":
            self.obey(event.text)

    @on(OpenObject)
    def _asked_to_open(self, event: OpenObject) -> None:
        self.open_object(event.target, event.show)

    @on(LookAt)
    def _asked_to_look(self, event: LookAt) -> None:
        self.look_at(event.namespaces)

    def look_at(self, namespaces: tuple[str, ...]) -> None:
        """Other namespaces, on every screen."""
        if namespaces != self.session.scope:
            self._visits.visit(self.trail)
            self._narrow_to(namespaces)

    def _narrow_to(self, namespaces: tuple[str, ...]) -> None:
        """The same as a part of another step: no place of its own in the history."""
        if namespaces != self.session.scope:
            self.session.look_at(namespaces)
            self._switched()

    @work(group="switch", exclusive=True, exit_on_error=False, description="another context")
    async def go_to(self, context: str) -> None:
        """Another cluster; the app goes on."""
        self._visits.visit(self.trail)
        await self._switch(context)

    async def _is_in(self, context: str) -> bool:
        """Whether one is in that context, switched to it now if need be."""
        return context == self.session.context or await self._switch(context)

    async def _switch(self, context: str) -> bool:
        """Another context; one that can't be used is told, and one stays where one is."""
        try:
            await self.session.switch(context)
        except BadConfig as why:
            self.complain(str(why))
            return False
        return True

    @on(ToBoard)
    def to_board(self) -> None:
        """Back to the board, whatever is open; one that was started with a list has none until here."""
        self._descend()
        if not isinstance(self.screen, Board):
            self.push_screen(Board(self.session, self.frames))

    def _descend(self) -> None:
        """Closes what is open, down to the board, or to the bottom where there is none yet."""
        while not isinstance(self.screen, Board) and len(self.screen_stack) > 1:
            self.pop_screen()

    def action_veil(self) -> None:
        """Hides names, addresses and namespaces for a shared screen, or shows them again."""
        self.session.mask()
        self._masking = Masking(self.session.veil) if self.session.veil else None
        for screen in self.screen_stack:
            for widget in screen.walk_children(with_self=True):
                widget.refresh()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What each line passes on its way to the screen."""
        filters = super().get_line_filters()
        return [*filters, self._masking] if self._masking else filters

    _masking: Masking | None = None

    def action_head(self) -> None:
        """Hides the head line, or shows it again, on every screen."""
        self.toggle_class("-no-head")
        for screen in self.screen_stack:
            for headline in screen.query(Headline):
                headline.update_node_styles()

    def action_redraw(self) -> None:
        """Writes the whole screen anew, for a terminal that another program has written to."""
        self.repaint_terminal()

    def action_command_palette(self) -> None:
        """What can be found from here."""
        if not isinstance(self.screen, Finder):
            self.push_screen(Finder())

    def action_help(self) -> None:
        from kubetui.tui.ways.help import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    @work(group="journal", exclusive=True, exit_on_error=False, description="the journal")
    async def open_journal(self) -> None:
        """What was changed through kubetui, the newest first."""
        from kubetui.tui.ways.journal import SHOWN, JournalScreen

        try:
            entries = await asyncio.to_thread(self.session.journal.last, SHOWN)
        except OSError as why:
            self.complain(f"The journal can't be read: {why.strerror}.")
        else:
            self.push_screen(JournalScreen(entries, str(journal_file())))

    @work(group="switch", exclusive=True, exit_on_error=False, description="choose a context")
    async def action_contexts(self) -> None:
        from kubetui.tui.ways.contexts import ContextList

        name = await self.push_screen_wait(ContextList(self.session))
        if name:
            self.go_to(name)

    def complain(self, sentence: str, seconds: float = 8) -> None:
        """Says what went wrong."""
        self.notify(sanitise(sentence), severity="error", markup=False, timeout=seconds)

    def _switched(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Workplace) and screen.is_mounted:
                screen.attach()

    def _handle_exception(self, error: Exception) -> None:
        """A fault of our own is told in a sentence and logged in full; the person goes on."""
        log.error("a fault in the explorer", exc_info=error)
        if self.is_headless or not self.is_running:
            super()._handle_exception(error)
            return
        self.complain(f"Something went wrong here: {type(error).__name__}. The log file has the details.")

    def _fatal_error(self) -> None:
        """Ends with a sentence. Textual would print the locals of each frame, and with them whatever is secret."""
        self._exit_renderables.append(Text("error: kubetui failed by a fault of its own. Its log file tells which."))
        self._close_messages_no_wait()


def _wanted(session: Session) -> str:
    """The theme asked for: on the command line, else in the settings."""
    return session.options.theme or session.settings.theme or DEFAULT
