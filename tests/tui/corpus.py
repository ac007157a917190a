"""Texts that are out to do harm: to a terminal, to an eye, to whatever reads markup, YAML or a shell's words.

Each class says what it tries. None of it may be obeyed by a terminal, wherever it stands.
"""

from itertools import product

BEL, ST, C1_ST = "\x07", "\x1b\\", "\x9c"

CONTROLS = tuple(f"a{chr(code)}b" for code in (*range(0x20), *range(0x7F, 0xA0)))
"""C0, DEL and C1, each by itself."""
ESCAPES = tuple(f"\x1b{chr(code)}PWNED" for code in range(0x20, 0x7F))
"""Every escape of two characters: resets, character sets, keypads, and the openers of longer ones."""
CONTROL_SEQUENCES = (
    *(f"\x1b[1;2{final}PWNED" for final in "@ABCDEFGHIJKLMPSTXZ`abcdefghilmnpqrstuvwxyz{|}~"),
    *(f"\x1b[?{mode}{how}" for mode in (1, 3, 5, 7, 25, 47, 1000, 1004, 1049, 2004) for how in "hl"),
    "\x1b[31mred",
    "\x1b[2J\x1b[1;1H",
    "\x1b[?1049l\x1b[?1000h",
    "\x1b[!p",
    "\x1b[>4;2m",
    "\x1b[38;2;0;0;0;48;2;0;0;0mPWNED",
    "\x9b31m\x9d0;PWNED\x9c\x90q\x9c",
    "\x1b[" + "1;" * 400 + "mPWNED",
)
REPORTS = (
    "\x05",
    *(f"\x1b[{asked}" for asked in ("5n", "6n", "?6n", "c", ">c", "=c", "14t", "18t", "19t", "20t", "21t", "x", ">q")),
    *(f"\x1b]{code};?{BEL}" for code in (4, 10, 11, 12, 52)),
    "\x1bP$qm\x1b\\",
    "\x1bP+q544e\x1b\\",
    "\x1bZ",
)
"""What a terminal answers by typing into the program."""
_TITLES = (
    "0;PWNED",
    "1;PWNED",
    "2;PWNED",
    "7;file:///",
    "8;;http://evil",
    "9;PWNED",
    "52;c;UFdORUQ=",
    "50;x",
    "777;a;b",
)
TITLES = (
    *(f"\x1b]{code}{end}" for code, end in product(_TITLES, (BEL, ST, C1_ST))),
    "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]1337;File=inline=1:AAAA\x07",
    "\x1b]104\x07\x1b]112\x07",
    "\x1b]133;A\x07",
    "\x1bkPWNED\x1b\\",
)
STRINGS = (
    "\x1bP1$qm\x1b\\",
    "\x1bPq#0;2;0;0;0#0~~@@vv@@~~$\x1b\\",
    "\x1b_apc\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\",
    "\x1b_Ga=T,f=24;AAAA\x1b\\",
    "\x90q\x9c\x9eq\x9c\x9fq\x9c\x98q\x9c",
)
UNENDED = ("\x1b", "\x1b[", "\x1b[?", "\x1b]0;PWNED", "\x1bP", "\x1b_", "\x9b", "\x9d52;c;", "\x1b[31", "\x1b\x1b\x1b[")
"""Sequences that what comes next would end."""
SEQUENCES = (
    *CONTROL_SEQUENCES,
    *REPORTS,
    *TITLES,
    *STRINGS,
    "\x1bc\x1b#8\x1b(0\x0e",
    "\x00\x07\x08\x0b\x0c\x7f\x85\x84",
    "one\r\ntwo\nthree\tfour",
)
BIDI = tuple(f"{chr(code)}gnp.exe" for code in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
UNSEEN = tuple(
    f"a{chr(code)}b"
    for code in (
        *(0xAD, 0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180E, 0x2028, 0x2029, 0x2800, 0x3164, 0xFE0F, 0xFEFF),
        *(0xFFA0, 0xFFF9, 0xFFFE, 0xFFFF, 0xE000, 0x1D173, 0xE0001, 0xE0041, 0xE0100, 0x10FFFF),
        *range(0x200B, 0x2010),
        *range(0x2060, 0x2066),
    )
)
"""What takes no room, or room that looks empty: zero widths, fillers, tags, private letters, what is no character."""
FLOODS = tuple(
    "z" + mark * times for mark in ("\u0301", "\u0e47", "\u20dd", "\u0489", "\u1ab0", "\u0336") for times in (3, 400)
)
WIDE = (
    "名前" * 40,
    "👩‍👩‍👧‍👦🇩🇪🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "1️⃣#️⃣©️™️",
    "①②Ω±§¡¤",
    "ｶﾀｶﾅＡＢＣ",
    "﷽ ꧅ 𒐫 𒈙",
    "العربية עברית",
    "क्षत्रिय ตัวอักษร བོད་",
    "한글 각가",
    "½⅓℡㎒㏂",
    "─│┌▣●✖◐",
    "\u3000全角\u00a0\u2003\u2009\u202f",
    "e\u0301\u0301\u0301o\u0308",
    "🧑🏿‍🚒🏳️‍🌈👁️‍🗨️",
)
DECEPTIONS = (*BIDI, *UNSEEN, *FLOODS, *WIDE)
MARKUP = (
    "[@click=app.quit]x[/]",
    "[@click=screen.leave]y",
    "[@click='app.exit']z[/@click]",
    "[/",
    "[/]",
    "[/red]",
    "[]",
    "[[",
    "]]",
    "[bold red on blue]x",
    "[link=http://evil]x[/link]",
    "[link='http://evil']",
    "[TODO] $primary {x} %s \\[",
    ":smile: [$error]x",
    "[reverse blink]",
    "[not a style]",
    "[#zzz]",
    "[rgb(1,2,3)]",
    "[red",
    "\\[red]",
    "[b][i][u]" * 20,
    "[$text-error]",
    "[@hover=app.quit]",
    "<b>&amp;</b>",
    "`code` **bold** _x_",
    "{0.__class__} %n %(x)s ${x}",
)
YAML = (
    "!!python/object/apply:os.system [id]",
    "&a [*a, *a]",
    "*x",
    "---",
    "...",
    "%YAML 1.1",
    "? :",
    "- -",
    "# comment",
    "key: value",
    "|",
    ">-",
    "null",
    "~",
    "yes",
    "1e3",
    "0x1f",
    "0o17",
    "1_000",
    "2026-01-01",
    "12:30:45",
    ".inf",
    "'",
    '"',
    "\\",
    " lead",
    "trail ",
    "\ttab",
    "@at",
    "`tick",
    "{a: b}",
    "[a, b]",
    "a: 'b\n  c'",
    "=",
    "<<",
)
NUMBERS = (
    "9" * 900,
    "1e400",
    "-1e999999999",
    "1e-400",
    "0x",
    "1Ei",
    ".",
    "1.",
    "-0",
    "١٢٣",
    "²",
    "1_0",
    "1e",
    "NaN",
    "inf",
)
WORDS_OF_A_SHELL = (
    "$(reboot)",
    "`id`",
    "; rm -rf /",
    "| sh",
    "&& x",
    "--force",
    "-rf",
    "../../etc/passwd",
    "%00%0a",
    "a b\tc",
    "'\"'",
    "!history",
    "$IFS",
    "\\\n",
)
LONG = ("w" * 100_000,)
CORPUS = (*CONTROLS, *ESCAPES, *SEQUENCES, *UNENDED, *DECEPTIONS, *MARKUP, *YAML, *NUMBERS, *WORDS_OF_A_SHELL, *LONG)
_SHORT = tuple(text for text in CORPUS if len(text) < 1000)
HANDFULS = (*("".join(_SHORT[at::80]) for at in range(80)), *LONG)
"""All of the corpus in fewer texts, each with one of most classes: for screens, where each object costs."""
