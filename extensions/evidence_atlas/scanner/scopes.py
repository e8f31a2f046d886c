"""What is said of each word of a sentence: hedged, denied, not stated but asked or planned, told by somebody else.

One pass from left to right: an operator ("may", "not", "whether", "the authors say") holds until the clause ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from evidence_atlas.scanner.sentence import Sentence
from evidence_atlas.scanner.words import Lexicon, lexicon

_TURNS = frozenset({"but", "although", "though", "while", "whereas", "however", "yet", "because", "since", "despite"})
_BEGINNERS = frozenset(
    {
        "although",
        "though",
        "while",
        "whereas",
        "if",
        "when",
        "because",
        "since",
        "despite",
        "given",
        "unlike",
        "in",
        "as",
        "without",
        "unless",
    }
)
_GOES_ON = frozenset(
    {"and", "but", "which", "who", "so", "thus", "suggesting", "indicating", "implying", "finding", "showing", "revealing"}
)
_COMMENTS = frozenset(
    {
        "underscoring",
        "highlighting",
        "emphasizing",
        "emphasising",
        "supporting",
        "warranting",
        "requiring",
        "justifying",
        "underlining",
        "calling",
    }
)
_FINITE = frozenset({"be", "have", "modal", "do"})
_ASKS = frozenset({"whether", "if"})
_THEORIES = frozenset({"theory", "hypothesis", "theories", "hypotheses", "proposal", "idea"})
_VIEWS = frozenset(
    {
        "account",
        "accounts",
        "view",
        "opinion",
        "words",
        "reading",
        "abstract",
        "theory",
        "hypothesis",
        "proposal",
        "model",
        "idea",
        "perspective",
    }
)
_RELATIVE = frozenset({"who", "whose", "that", "which"})
_BRIEF = 4  # how many words "without" and "lack of" reach
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds for a word.

    Attributes:
        hedged: It is only possible.
        denied: It is not so.
        open: It is asked, planned or wished for.
        said: Somebody else is told to say it.
        lacking: It stands right after "without" or "lack of", which deny a noun and no sentence.
    """

    hedged: bool = False
    denied: bool = False
    open: bool = False
    said: bool = False
    lacking: bool = False


PLAIN = Scope()


def scopes(sentence: Sentence, *, needs: bool = True) -> list[Scope]:
    """Return what holds for each word of a sentence.

    Args:
        sentence: The sentence.
        needs: Whether a clause that only says that something is needed counts as open.
    """
    reader = _Reader(sentence, lexicon())
    found = reader.read()
    return reader.close_needs(found) if needs else found


class _Reader:
    """Walks through a sentence once."""

    def __init__(self, sentence: Sentence, known: Lexicon) -> None:
        self.words, self.kinds, self.known = sentence.words, sentence.kinds, known
        self.scope = PLAIN
        self.brief_until = -1
        self.by_no = False  # what "no" denies ends before the next verb
        self.failed = False  # what is denied is denied by "fails to", which reaches no further than its own verb
        self.first_comma_ends = bool(self.words) and self.words[0] in _BEGINNERS
        self.relatives = bool(_RELATIVE.intersection(self.words))
        self.relative_verbs: int | None = None  # how many finite verbs the relative clause has so far; None outside of one

    def read(self) -> list[Scope]:
        always = self._of_all()
        result = []
        for index in range(len(self.words)):
            if self._is_boundary(index):
                self.by_no = False
                self.scope = replace(PLAIN, said=self.scope.said and self.words[index] != ";")
                self.brief_until = -1
            if self.relatives:
                self._follow_relative(index)
            self._operate(index)
            here = self.scope
            if index <= self.brief_until:
                here = replace(here, lacking=True)
            result.append(
                Scope(here.hedged, here.denied, here.open or always.open, here.said or always.said, here.lacking)
                if always is not PLAIN
                else here
            )
        return result

    def _follow_relative(self, index: int) -> None:
        """End what holds for a relative clause at the verb of the main clause: "people who do not smoke are …"."""
        word, before = self.words[index], self._at(index - 1)
        defines = word in {"that", "which"} and self._kind(index - 1) == "nom" and self._kind(index + 1) in _FINITE
        if defines or word in {"who", "whose"}:
            self.relative_verbs = 0
        elif self.relative_verbs is None or before in {"and", "or", "to"} or word in {"be", "been", "being", "having"}:
            return
        elif self._kind(index) in _FINITE and not self._under_auxiliary(index):
            self.relative_verbs += 1
            if self.relative_verbs > 1:
                self.scope, self.relative_verbs = replace(PLAIN, said=self.scope.said), None

    def _under_auxiliary(self, index: int) -> bool:
        """Whether an auxiliary stands right before, but for adverbs and "not"."""
        index -= 1
        while self._kind(index) == "adv" or self._at(index) == "n't":
            index -= 1
        return self._kind(index) in _FINITE

    def _of_all(self) -> Scope:
        """Return what holds for the whole sentence: it is a question, or somebody else's words."""
        words, known = self.words, self.known
        asked = bool(words) and "?" in words[-3:]
        told = any(pair == ("according", "to") for pair in pairwise(words)) or self._begins_as_told()
        if not told and "," in words:  # "…, the authors say."
            tail = words[len(words) - words[::-1].index(",") :]
            told = (
                len(tail) <= 2 + _NEAR
                and any(w in known["speech.sources"] for w in tail)
                and any(w in known["speech.verbs"] for w in tail)
            )
        return Scope(open=asked, said=told) if asked or told else PLAIN

    def _begins_as_told(self) -> bool:
        """Whether a sentence begins with "By their account," or "In the authors' view,"."""
        begin = self.words[:6]
        return begin[:1] in (["by"], ["in"], ["on"], ["from"]) and bool(
            _VIEWS & set(begin[1 : begin.index(",") if "," in begin else 0])
        )

    def _at(self, index: int) -> str:
        return self.words[index] if 0 <= index < len(self.words) else ""

    def _kind(self, index: int) -> str:
        return self.kinds[index] if 0 <= index < len(self.kinds) else ""

    def _after_adverbs(self, index: int) -> int:
        while self._kind(index) == "adv":
            index += 1
        return index

    def _is_boundary(self, index: int) -> bool:
        word = self.words[index]
        if word in (";", ":", "–", "—", "•") or (word in _TURNS and index):
            since = word == "since" and self._at(index - 1) != ","  # "the time since birth"
            return not (since or (word == "because" and self.scope.denied))
        if word == ",":
            if self.first_comma_ends:
                self.first_comma_ends = False
                return True
            following = self._at(index + 1)
            if following == "and":
                return self._begins_clause(index + 2) and not self._joins_verbs(index + 1)
            return following in _GOES_ON
        return word == "and" and (
            self._at(index + 1) in self.known["frames.seen"]
            or self._is_finite(self._after_adverbs(index + 1))
            or (self.by_no and self._acts(index + 1))
        )

    def _acts(self, index: int) -> bool:
        """Whether a verb with its object stands here: "no benefit and increase the risk"."""
        verb = self.known.causal.get(self._at(index))
        return verb is not None and "VBN" not in verb.tags - {"VBD"} and self._kind(index + 1) == "det"

    def _begins_clause(self, index: int) -> bool:
        """Whether a verb of its own follows ", and", and not only the last of a list: "pain, stress, and fatigue"."""
        for place in range(index, len(self.words)):
            word, kind = self.words[place], self.kinds[place]
            if kind == "punct" or word == "and":
                return False
            if (kind in _FINITE and word not in {"be", "been", "being"}) or kind == "other-verbs":
                return True
            verb = self.known.causal.get(word) or self.known.related.get(word)
            if verb is not None and verb.tags & {"VBZ", "VBD"}:
                return True
        return False

    def _joins_verbs(self, index: int) -> bool:
        """Whether "and" joins a verb that stands under the same auxiliary as the one before."""
        after = self._after_adverbs(index + 1)
        verb = self.known.causal.get(self._at(after))
        return verb is not None and "VB" in verb.tags

    def _is_finite(self, index: int) -> bool:
        if self._kind(index) in _FINITE:
            return True
        verb = self.known.causal.get(self._at(index)) or self.known.related.get(self._at(index))
        return verb is not None and "VBZ" in verb.tags and not verb.ambiguous

    def _operate(self, index: int) -> None:
        word, known = self.words[index], self.known
        if self.failed and self.kinds[index] in _FINITE:
            self.scope, self.failed = replace(self.scope, denied=False), False
        if word in known["negations.words"]:
            self._deny(index)
        if word in known["hedges.modals"] or word in known["hedges.verbs"] or word in known["hedges.words"]:
            self._hedge(index)
        if self._opens(index):
            self.scope = replace(self.scope, open=True)
        elif (
            self.scope.open and word == "that" and self._at(index - 1) in {"aware", "note", "noted", "mind", "remember", "known"}
        ):
            self.scope = replace(self.scope, open=False)
        if word in _THEORIES or (word in known["speech.verbs"] and self._said_by_source(index)):
            self.scope = replace(self.scope, said=True, hedged=self.scope.hedged or word in _THEORIES)

    def _deny(self, index: int) -> None:
        word, following = self.words[index], self._at(index + 1)
        if following in self.known["negations.not-denying"]:
            return
        if word == "not" and following == "enough" and self._kind(index - 1) not in _FINITE:
            return  # "Not enough sleep can …"
        if word == "little" and self._at(index - 1) == "a":
            return
        self.failed = word.startswith("fail")
        self.by_no = word == "no"
        if word == "none" and index == 0:
            self.scope = replace(self.scope, denied=True)
            return
        if (
            word in {"without", "lack", "lacking", "absence", "little", "none", "failure", "lacks", "lacked"}
            and following != "to"
        ):
            self.brief_until = index + _BRIEF
            return
        self.scope = replace(self.scope, denied=True)

    def _hedge(self, index: int) -> None:
        word, before = self.words[index], self._at(index - 1)
        compared = before in {"more", "less", "most", "least", "as", "equally"} and self._at(index + 1) not in {"due", "because"}
        if word in {"likely", "probable"} and compared:
            return
        if word in {"think", "believe"} and before == "people":
            return
        self.scope = replace(self.scope, hedged=True)

    def _opens(self, index: int) -> bool:
        """Whether what follows is asked, planned or wished for."""
        word, known = self.words[index], self.known
        if word in _ASKS:
            return self._at(index - 1) != "as" and self._at(index + 1) not in {"at", "in", "by", "through"}  # "as if"
        if word in known["frames.designing"] and self._at(index - 1) in {"for", "of", "in", "when", "on"}:
            return True
        if word == "which":
            return self._at(index - 1) in {"regarding", "about", "determine", "know", "identify"}
        if word in {"what", "how", "why"} and index:
            return self._at(index - 1) not in known["aims.told-how"]
        if word in known["aims.wishes"] or (word in known["aims.base"] and self._at(index - 1) == "to"):
            return True
        studied = word in known["aims.studied"] and self._at(index - 1) in known["aims.who-studies"]
        return studied and self._at(index + 1) not in {"with", "to"}

    def _said_by_source(self, index: int) -> bool:
        """Whether the subject of a verb of saying is somebody else."""
        back = index - 1
        while back >= 0 and self._kind(back) in {"adv", "have", "be"}:
            back -= 1
        subject = self._at(back)
        if subject in self.known["speech.sources"]:
            return True
        return subject in {"to", "also"} and any(w in self.known["speech.sources"] for w in self.words[max(0, back - 3) : back])

    def close_needs(self, result: list[Scope]) -> list[Scope]:
        """Open each clause that only says that something is needed: "strategies that reduce X are needed"."""
        words, begin = self.words, 0
        self.first_comma_ends = bool(words) and words[0] in _BEGINNERS
        for index, word in enumerate([*words, ";"]):
            if (
                word == ";"
                or (word in _TURNS and index and self._kind(index + 1) != "ing")
                or (word == "," and self._starts_clause(index))
            ):
                clause = range(begin, min(index, len(words)))
                for i in range(self._open_from(clause), clause.stop):
                    result[i] = replace(result[i], open=True)
                begin = index
        return result

    def _open_from(self, clause: range) -> int:
        """Return where what is only needed begins: all of a clause, or what stands after "the need for further research"."""
        need = next((i for i in clause if self._is_need(i)), None)
        if need is not None:
            return need if self._at(need - 1) == "and" else clause.start
        research = next((i for i in clause if self._is_further_research(i)), None)
        if research is None:
            return clause.stop
        around = self.words[max(clause.start, research - 2) : clause.stop]
        needed = bool(self.known["aims.further-needed"].intersection(around))
        return clause.start if needed or research - clause.start <= _BRIEF else research

    def _is_further_research(self, index: int) -> bool:
        """Whether "further", "future" or "more" stands before "research", "trials" and the like."""
        if self.words[index] not in {"further", "future", "more"}:
            return False
        following = self.words[index + 1 : index + 2 + _NEAR]
        return not {",", ":"} & set(following) and bool(self.known["aims.research"] & set(following))

    def _starts_clause(self, index: int) -> bool:
        following, first = self._at(index + 1), self.first_comma_ends
        self.first_comma_ends = False
        return first or following in _GOES_ON or following == "as" or following in _TURNS or following in _COMMENTS

    def _is_need(self, index: int) -> bool:
        word = self.words[index]
        if word in {"unclear", "unknown", "uncertain", "elusive", "controversial", "understood", "established"}:
            return self._at(index - 1) in {
                "remain",
                "remains",
                "poorly",
                "incompletely",
                "largely",
                "still",
                "yet",
                "fully",
                "little",
            }
        if word in {"remain", "remains", "yet"}:
            return self._at(index + 1) == "to" and self._at(index + 2) == "be"
        if word not in self.known["aims.needed"]:
            return False
        if word in {"needed", "warranted", "required", "necessary", "awaited", "essential", "crucial", "imperative"}:
            return self._kind(index - 1) in {"be", "adv"} or self._at(index - 1) == "and"
        return word in {"should", "must"} and self._kind(index + 1) == "be"
