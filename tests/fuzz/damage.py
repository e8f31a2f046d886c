"""Texts that were right before: what a slip, a bad merge or an attacker makes of them."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase

LOG = logging.getLogger(__name__)
HERE = Path(__file__).parent
SECONDS = float(os.environ.get("FUZZ_SECONDS", "600"))  # of CPU, so that a busy machine does not shorten a run
FIRST = int(os.environ.get("FUZZ_SEED", "0"))  # of the first round; each further round has the next one
SLOW = 10  # seconds that no reader may take for one text
KEPT = DirectoryBasedExampleDatabase(HERE / "examples")
TOKENS = [
    *(
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        '"',
        "'",
        "\\",
        "\n",
        "\r\n",
        "\r",
        "\t",
        ":",
        ": ",
        "- ",
        "#",
        "@",
        "=",
        ",",
        "|",
        ">",
        "<",
        "&",
        "*",
        "`",
    ),
    *(
        "\x00",
        "\x1b",
        "\x7f",
        "\x85",
        "\xa0",
        "\u2028",
        "\u202e",
        "\ufeff",
        "\ud800",
        "\U0010ffff",
        "\u0301",
        "İ",
        "ß",
        "ﬁ",
        "٣",
        "²",
    ),
    *(
        "---\n",
        "...\n",
        "'''",
        '"""',
        "```",
        "~~~",
        ":::",
        "%",
        "&a ",
        "*a",
        "!!python/x ",
        "<<: ",
        "? ",
        "null",
        "~",
        "true",
        ".nan",
        ".inf",
    ),
    *(
        "0",
        "-1",
        "1e999",
        "9" * 400,
        "9" * 5000,
        "2026-13-45",
        "2026-02-29",
        "0x",
        "1_0",
        "[[",
        "]]",
        "[a.b]",
        "a.b = 1\n",
        "{a = 1}",
    ),
    *(
        "[" * 1200,
        "{" * 1200,
        "(" * 1200,
        "> " * 600,
        "**" * 600,
        "\\begin{a}",
        "$",
        "{cite}`",
        "<!--",
        "]]>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    ),
]


@st.composite
def damaged(draw: st.DrawFn, originals: list[str]) -> str:
    """Return one of the texts with parts cut, doubled, moved, replaced or put in."""
    text = draw(st.sampled_from(originals))
    for _time in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        way = draw(st.sampled_from(["put in", "replace", "cut", "double", "move", "anything"]))
        if way in {"put in", "replace"}:
            text = text[:start] + draw(st.sampled_from(TOKENS)) + text[start if way == "put in" else end :]
        elif way == "anything":
            text = text[:start] + draw(st.text(max_size=20)) + text[end:]
        elif way == "cut":
            text = text[:start] + text[end:]
        elif way == "double":
            text = text[:end] + text[start:end] * draw(st.integers(1, 4)) + text[end:]
        else:
            to = draw(st.integers(0, len(text)))
            text = text[:to] + text[start:end] + text[to:]
    return text


def encoded(text: str) -> bytes:
    """Return a text as a file has it; what is no character becomes bytes that are not UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def tell(what: str, rounds: int, began: float) -> None:
    """Log what a run has done so far; ``--log-cli-level=INFO`` shows it."""
    LOG.info("%s, seeds %d to %d, in %d seconds of CPU", what, FIRST, rounds - 1, time.process_time() - began)


def endure(originals: st.SearchStrategy[str] | list[str], look: Callable[[str], None], share: float = 1.0) -> int:
    """Give a reader what broke it before, then damaged texts until its time is up.

    What fails is kept, and is tried first the next time. Once it is mended, it belongs among the seeds: a file in the
    folder ``seeds`` whose name begins with that of the test without ``test_``.

    Args:
        originals: Texts that are right, or a strategy that makes texts.
        look: Reads one text, and fails where the reader does.
        share: The part of the time that it gets.

    Returns:
        How many texts were read.
    """
    count, began, rounds = 0, time.process_time(), FIRST
    strategy = damaged(originals) if isinstance(originals, list) else originals

    def once(text: str) -> None:
        nonlocal count
        count += 1
        start = time.process_time()
        look(text)
        assert time.process_time() - start < SLOW, "a text takes long"

    once.__qualname__ = look.__qualname__
    test = look.__qualname__.partition(".")[0].removeprefix("test_")
    for found in sorted((HERE / "seeds").glob(f"{test}*")):
        once(found.read_bytes().decode("utf-8", "surrogatepass"))
    while rounds == FIRST or time.process_time() - began < SECONDS * share:
        chosen = settings(
            max_examples=1000,
            deadline=None,
            database=KEPT,
            suppress_health_check=list(HealthCheck),
            phases=set(Phase) - {Phase.explain},
        )
        chosen(seed(rounds)(given(strategy)(once)))()  # the other way round, a seed leaves no database
        rounds += 1
        tell(f"{look.__qualname__}: {count} texts", rounds, began)
    return count
