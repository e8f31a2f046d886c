"""The engine: passages and what is known of their page in, findings out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from evidence_atlas.core.sentences import split_sentences
from evidence_atlas.scanner.claims import Claim, find_claims
from evidence_atlas.scanner.passages import Passage
from evidence_atlas.scanner.rules import Rule, Rules, Severity
from evidence_atlas.scanner.scopes import Scope, scopes
from evidence_atlas.scanner.sentence import Sentence, read_sentence
from evidence_atlas.scanner.strength import strongest
from evidence_atlas.scanner.triggers import Triggers
from evidence_atlas.scanner.words import lexicon


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the page that a text stands on.

    Attributes:
        design: Id of the kind of study; empty on a page that is not of one paper.
        design_label: The kind of study in words, with its article.
        level: The evidence level.
        contexts: Ids of whom or what was studied.
        badge: State of the page's badge.
        direction: Direction of a trial's primary outcome, or an empty text.
        source: What is known of the source's own words: its title and, where there is one, its abstract.
        year: Year of the source; 0 where it is not known.
    """

    design: str = ""
    design_label: str = ""
    level: str = ""
    contexts: tuple[str, ...] = ()
    badge: str = ""
    direction: str = ""
    source: str = ""
    year: int = 0


@dataclass(frozen=True, slots=True, order=True)
class WordingFinding:
    """A sentence, or its lack, that a rule is against.

    Attributes:
        line: Line of the words in the source, counted from 1.
        column: Column of their first character, counted from 1.
        end_line: Line of their last character.
        end_column: Column behind their last character.
        rule: Id of the rule.
        severity: ``critical``, ``warning`` or ``hint``.
        words: The words.
        message: What is wrong, in one sentence.
        instead: What to write.
        section: The part of the page.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    rule: str
    severity: Severity
    words: str
    message: str
    instead: str
    section: str


@dataclass
class _Heard:
    """A sentence with all that rules ask of it, each worked out when it is first asked for."""

    passage: Passage
    start: int
    text: str
    before: str

    @cached_property
    def words(self) -> Sentence:
        return read_sentence(self.text, self.start)

    @cached_property
    def claims(self) -> list[Claim]:
        return find_claims(self.words)

    @cached_property
    def scopes(self) -> list[Scope]:
        return scopes(self.words, needs=False)

    @cached_property
    def strength(self) -> int:
        return strongest(self.claims)

    def word_at(self, offset: int) -> int:
        """Return the place of the word in which a character stands."""
        return next((i for i, (begin, end) in enumerate(self.words.spans) if begin <= offset < end), 0)


@lru_cache(maxsize=512)
def phrases(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern for phrases; a ``*`` at the end of a word stands for any ending, a blank for any blanks."""
    by_first: dict[str, list[str]] = {}  # so that at most places one character decides
    for phrase in sorted(words, key=len, reverse=True):
        rest = re.escape(phrase[1:]).replace(r"\*", r"[\w’'-]*").replace(r"\ ", r"\s+")
        by_first.setdefault(phrase[0].lower(), []).append(rest)
    parts = [f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in by_first.items()]
    return re.compile(rf"(?<![\w/-])(?:{'|'.join(parts)})(?![\w/-])", re.IGNORECASE)


def has(words: Sequence[str], text: str) -> bool:
    """Whether a text has one of some phrases."""
    return bool(words) and phrases(tuple(words)).search(text) is not None


class Engine:
    """Screens passages under a set of rules."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._triggers = Triggers(rules)
        self._of_section = lru_cache(maxsize=1 << 10)(self._in_section)

    def _in_section(self, section: str) -> frozenset[str]:
        """Return the ids of the rules that hold in a section."""
        return frozenset(key for key, rule in self.rules.rule.items() if _in_section(rule, section))

    def screen(self, page: Iterable[Passage], context: Context) -> list[WordingFinding]:
        """Return the findings of a page in its order.

        Args:
            page: Its passages.
            context: What is known of it.
        """
        active = [(key, rule) for key, rule in self.rules.rule.items() if _holds(rule, context)]
        blocks = list(page)
        found: list[WordingFinding] = []
        for passage in blocks:
            there = self._of_section(passage.section)
            found += self._passage(passage, context, [(key, rule) for key, rule in active if key in there])
        for key, rule in active:
            found += self._page(key, rule, blocks, context)
        return sorted(set(found))

    def _passage(self, passage: Passage, context: Context, here: list[tuple[str, Rule]]) -> Iterator[WordingFinding]:
        """Yield the findings of a passage under the rules that hold in its section."""
        before = passage.section
        for start, text in split_sentences(passage.text):
            called = self._triggers.of(text)
            heard = _Heard(passage, start, text, before)
            for key, rule in here:
                if key in called and (context.design or not rule.applies.subject or has(self.rules.subject, text)):
                    yield from self._sentence(key, rule, heard, context)
            before = text

    def _sentence(self, key: str, rule: Rule, heard: _Heard, context: Context) -> Iterator[WordingFinding]:
        if rule.find.claims:
            spots = [(c.start, c.end, c.scope, c.quoted) for c in heard.claims if self._means(rule, c, context)]
        elif rule.find.words:
            spots = list(self._spoken(rule, heard))
        else:
            return
        if not spots or self._excused(rule, heard, context):
            return
        for begin, end, scope, quoted in spots:
            if not _set_aside(rule, scope, quoted=quoted) and not _around(rule, heard.text, begin, end):
                yield self._finding(key, rule, heard.passage, (heard.start + begin, heard.start + end), context)
                return  # one finding a rule and sentence

    @staticmethod
    def _means(rule: Rule, claim: Claim, context: Context) -> bool:
        if claim.strength not in rule.find.claims:
            return False
        if rule.unless.about_study and claim.subject in lexicon()["study.page-words"]:
            return False
        # a page that is not of one paper tells of trials, too
        trial = context.design in rule.unless.compared or (not context.design and bool(rule.unless.compared))
        return not (claim.compared and trial)

    @staticmethod
    def _spoken(rule: Rule, heard: _Heard) -> Iterator[tuple[int, int, Scope, bool]]:
        for match in phrases(tuple(rule.find.words)).finditer(heard.text):
            place = heard.word_at(match.start())
            # what holds for a word is what held before it: "should" opens what follows it, not itself
            yield match.start(), match.end(), heard.scopes[place - 1] if place else Scope(), heard.words.quoted[place]

    def _excused(self, rule: Rule, heard: _Heard, context: Context) -> bool:
        unless, applies = rule.unless, rule.applies
        if applies.claims and heard.strength not in applies.claims and not has(applies.carries, heard.text):
            return True
        if has(unless.words, heard.text) or has(unless.near, heard.before) or has(unless.near, heard.passage.section):
            return True
        names = [word for key in context.contexts for word in self.rules.population.get(key, ())]
        return unless.population and (has(names, heard.text) or has(names, heard.before))

    def _page(self, key: str, rule: Rule, blocks: list[Passage], context: Context) -> Iterator[WordingFinding]:
        title = next((p for p in blocks if p.section == "title"), blocks[0] if blocks else None)
        if title is None:
            return
        if rule.find.missing and (wanted := rule.find.missing.get(context.direction)):
            if not any(has(wanted, passage.text) for passage in blocks):
                yield self._finding(key, rule, title, (0, len(title.text)), context)
        elif rule.find.terms and context.source:
            yield from self._terms(key, rule, blocks, context)

    def _terms(self, key: str, rule: Rule, blocks: list[Passage], context: Context) -> Iterator[WordingFinding]:
        """Find the first use of a name that the source does not use, unless the page has the source's own beside it."""
        used = {name for name, words in rule.find.terms.items() if has(words, context.source)}
        if not used:
            return
        own = [word for name in used for word in rule.find.terms[name]]
        if any(has(own, passage.text) for passage in blocks):
            return
        for passage in blocks:
            if not _in_section(rule, passage.section):
                continue
            for name, words in rule.find.terms.items():
                if name not in used and (match := phrases(tuple(words)).search(passage.text)):
                    yield self._finding(key, rule, passage, match.span(), context)
                    return

    @staticmethod
    def _finding(key: str, rule: Rule, passage: Passage, span: tuple[int, int], context: Context) -> WordingFinding:
        start, end = span
        words = " ".join(passage.text[start:end].split())
        line, column = passage.locate(start)
        end_line, end_column = passage.locate(max(start, end - 1))
        design = context.design_label or "this kind of text"
        message = rule.message.format(words=words, design=design)
        return WordingFinding(
            line,
            column,
            end_line,
            end_column + 1,
            key,
            rule.severity,
            words,
            message,
            rule.rewording(context.design),
            passage.section,
        )


def _holds(rule: Rule, context: Context) -> bool:
    applies = rule.applies
    if not context.design:
        return applies.pages == "all" and not (applies.contexts or applies.badges or applies.designs)
    if applies.designs and context.design not in applies.designs:
        return False
    if context.design in applies.not_designs or f"{context.design}:{context.level}" in applies.carried_by:
        return False
    if applies.before_year and not 0 < context.year < applies.before_year:
        return False
    contexts = set(context.contexts)
    if (applies.contexts and not contexts & set(applies.contexts)) or contexts & set(applies.not_contexts):
        return False
    return not applies.badges or context.badge in applies.badges


def _in_section(rule: Rule, section: str) -> bool:
    name, applies = section.lower(), rule.applies
    if any(name.startswith(part.lower()) for part in applies.not_sections):
        return False
    return not applies.sections or any(name.startswith(part.lower()) for part in applies.sections)


def _set_aside(rule: Rule, scope: Scope, *, quoted: bool) -> bool:
    unless = rule.unless
    return (
        (unless.denied and scope.denied)
        or (unless.asked and scope.open)
        or (unless.hedged and scope.hedged)
        or (unless.told and scope.said)
        or (unless.quoted and quoted)
    )


def _around(rule: Rule, text: str, begin: int, end: int) -> bool:
    """Whether the words are part of a longer phrase that means something else."""
    if not rule.unless.around:
        return False
    return any(m.start() <= begin and end <= m.end() for m in phrases(tuple(rule.unless.around)).finditer(text))
