"""A sentence as the matchers look at it: without what stands in brackets, with questions about neighbours."""

from __future__ import annotations

from functools import cached_property

from evidence_atlas.scanner.sentence import Sentence
from evidence_atlas.scanner.words import Lexicon, lexicon

_OPEN, _CLOSE = frozenset("(["), frozenset(")]")
_NP_START = frozenset({"det", "nom", "adj", "num", "ed", "ing", "cue", "pron"})
_NP_END = frozenset({"nom", "pron", "num"})
_CLAUSE_BEGINS = frozenset({"that", ";", ":", "but", "which", "because"})
_CLAUSE_ENDS = frozenset({",", ";", ":", "that", "but", "and", "which", "because", "so", "how"})


class View:
    """A sentence without its brackets."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.words = sentence.words
        self.kinds = sentence.kinds
        self.known: Lexicon = lexicon()

    @classmethod
    def of(cls, sentence: Sentence) -> View:
        """Return a view of a sentence; what stands in brackets is figures and asides."""
        if not _OPEN & set(sentence.words):
            return cls(sentence)
        keep, depth = [], 0
        for index, word in enumerate(sentence.words):
            depth += word in _OPEN
            if not depth:
                keep.append(index)
            depth = max(0, depth - (word in _CLOSE))
        return cls(
            Sentence(
                sentence.text,
                sentence.start,
                [sentence.words[i] for i in keep],
                [sentence.spans[i] for i in keep],
                [sentence.kinds[i] for i in keep],
                [sentence.quoted[i] for i in keep],
            )
        )

    def word(self, index: int) -> str:
        """Return a word, or an empty text beyond the ends."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def kind(self, index: int) -> str:
        """Return the kind of a word, or an empty text beyond the ends."""
        return self.kinds[index] if 0 <= index < len(self.kinds) else ""

    def before(self, index: int) -> int:
        """Return the place of the nearest word before that is no adverb; -1 where there is none."""
        index -= 1
        while index >= 0 and (self.kinds[index] == "adv" or (self.words[index] == "likely" and self.word(index + 1) != "to")):
            index -= 1
        return index

    def after(self, index: int) -> int:
        """Return the place of the nearest word after that is no adverb."""
        index += 1
        while index < len(self.kinds) and self.kinds[index] == "adv":
            index += 1
        return index

    def starts_noun_phrase(self, index: int) -> bool:
        """Whether a noun phrase can begin at a word."""
        return self.kind(index) in _NP_START

    def ends_noun_phrase(self, index: int) -> bool:
        """Whether a noun phrase can end at a word."""
        return self.kind(index) in _NP_END or (self.kind(index) == "ing")

    def within(self, index: int, reach: int) -> list[str]:
        """Return the words after a place, up to a mark that ends the clause."""
        found = []
        for word in self.words[index + 1 : index + 1 + reach]:
            if word in {";", ":"}:
                break
            found.append(word)
        return found

    def one_clause(self, first: int, last: int) -> bool:
        """Whether no new clause begins between two places."""
        between = range(first + 1, last)
        return not any(
            self.words[i] in {";", ":", "but", "suggesting", "indicating", "which", "whereas", "while", "although"}
            or (self.words[i] == "and" and self.kind(self.after(i)) in {"be", "have", "modal"})
            for i in between
        )

    @cached_property
    def _arms(self) -> tuple[bool, bool]:
        words = set(self.words)
        return bool(words & self.known["treatments.words"]), bool(words & self.known["treatments.arms"])

    def compares_arms(self) -> bool:
        """Whether the sentence compares what happened in the groups of a trial."""
        if "group" in self.words and any(
            self.words[i : i + 3] in (["more", "in", "the"], ["less", "in", "the"]) for i in range(len(self.words))
        ):
            return True
        compares = any(word in {"than", "versus", "vs", "compared", "between", "comparison"} for word in self.words)
        return all(self._arms) and (compares or "placebo" in self.words or "sham" in self.words)

    def names_treatment(self) -> bool:
        """Whether a treatment is named."""
        return self._arms[0]

    def subject(self, verb: int) -> str:
        """Return the head of the noun phrase that begins the clause of a verb; an empty text where there is none."""
        begin, reports = verb, self.known["frames.reporting"]
        while begin > 0 and self.words[begin - 1] not in _CLAUSE_ENDS and not (begin < verb and self.words[begin - 1] in reports):
            begin -= 1
        head = self._head(begin, verb)
        joined = begin > 0 and self.words[begin - 1] in {"and", ","} and not head
        if not joined:
            return head
        clause = begin  # "It has a start, is severe, and affects …"
        while clause > 0 and self.words[clause - 1] not in _CLAUSE_BEGINS:
            clause -= 1
        return self._head(clause, begin)

    def _head(self, begin: int, end: int) -> str:
        head = ""
        for index in range(begin, end):
            if self.kinds[index] in {"prep", "modal", "be", "have", "do", "to", "other-verbs"}:
                if head:
                    break
            elif self.kinds[index] not in {"adv", "det", "punct"} or self.words[index] in {"this", "that", "these"}:
                head = self.words[index]
                owned = index and self.words[index - 1] in {"this", "our", "the", "present", "current", "recent", "these"}
                if head == "work" and not owned:
                    head = "effort"  # what people do for a living is no study
        return head
