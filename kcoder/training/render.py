"""Documents into tokens: the one way for training, evaluation and serving.

A template's words may name special tokens; what a document says never becomes one. The text between special tokens is
encoded in one piece, so that the tokens are those any other program makes of the same words. An answer begins with a
token of its own: a model that is asked begins there too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from kcoder.training.infill import Hole
from kcoder.training.template import PLACES, Template, split
from kcoder.training.tokenizer import added_tokens, encode, encode_after, opening, special_tokens


class Sample(NamedTuple):
    """What is rendered: a question (with its input, where it has one of its own) and its answer, or a text alone."""

    prompt: str = ""
    text: str = ""
    input: str = ""
    hole: Hole | None = None

    @classmethod
    def of_document(cls, prompt: str | None, text: str, input_at: int | None = None) -> Sample:
        """Of a row of Document: its input begins at `input_at` in the prompt, behind a newline."""
        if prompt and input_at:
            return cls(prompt[: input_at - 1], text, prompt[input_at:])
        return cls(prompt or "", text)


class Rendered(NamedTuple):
    """The tokens of a question and of its answer, without the end token. A text alone has no question."""

    question: list[int]
    answer: list[int]


class _Text(NamedTuple):
    """Ordinary text; what begins a text gets the space in front that some tokenizers put there."""

    text: str
    begins: bool


#: text, or the number of a special token
_Segments = list[_Text | int]


class Renderer:
    """A template in the words of one tokenizer."""

    def __init__(self, template: Template, tokenizer: Any) -> None:
        self.template, self.tokenizer = template, tokenizer
        self.special = special_tokens(tokenizer)
        self.opening = opening(tokenizer)
        asked, _, closing = template.words.partition("{text}")
        # an answer ends with the end token, which is added to every whole document: nothing follows it
        self.closing = closing.partition(end)[0] if (end := tokenizer.eos_token) else closing
        self.words, self.with_input, self.after = (
            self._pieces(words) for words in (asked, template.with_input.partition("{text}")[0], self.closing)
        )

    def __call__(self, samples: Sequence[Sample]) -> list[Rendered]:
        """Each sample as tokens."""
        segments = [self._segments(sample) for sample in samples]
        flat = [each for pair in segments for part in pair for each in part if isinstance(each, _Text)]
        found = {
            begins: iter(how(self.tokenizer, [each.text for each in flat if each.begins == begins]))
            for begins, how in ((True, encode), (False, encode_after))
        }

        def ids(part: _Segments) -> list[int]:
            tokens: list[int] = []
            for each in part:
                tokens += [each] if isinstance(each, int) else next(found[each.begins])
            return tokens

        return [Rendered(ids(question), ids(answer)) for question, answer in segments]

    def form(self, sample: Sample) -> str:
        """The name of what this sample is rendered as."""
        if sample.hole or not sample.prompt:
            return sample.hole.order if sample.hole else "plain"
        with_input = sample.input and self.with_input
        return f"{self.template.name} with input" if with_input else self.template.name

    def ends(self) -> list[int]:
        """The tokens that end an answer: the end token, and a special one that the template closes answers with."""
        return [self.tokenizer.eos_token_id, *(each for each in self.after[:1] if isinstance(each, int))]

    def stop(self) -> str:
        """The text that ends an answer where the template closes answers with ordinary words; mostly none."""
        return "" if len(self.ends()) > 1 else self.closing.strip()

    # ---- one sample ----------------------------------------------------------------------------------------------

    def _segments(self, sample: Sample) -> tuple[_Segments, _Segments]:
        if sample.hole:
            return [*self.opening], self._with_hole(sample.text, sample.hole)
        if not sample.prompt:
            return [*self.opening], self._joined([sample.text], begins=True)
        with_input = bool(sample.input and self.with_input)
        whole = f"{sample.prompt}\n{sample.input}" if sample.input and not with_input else sample.prompt
        parts = {"{prompt}": whole, "{input}": sample.input, "{text}": sample.text}
        parts = {place: part.strip() if place in self.template.trims else part for place, part in parts.items()}
        words = self.with_input if with_input else self.words
        pieces = [parts.get(each, each) if isinstance(each, str) else each for each in words]
        # a chat template writes the opening itself
        first = [] if self.template.name == "chat" else self.opening
        answer = self._joined([parts["{text}"], *self.after], begins=False)
        return [*first, *self._joined(pieces, begins=True)], answer

    def _pieces(self, words: str) -> list[str | int]:
        """A template's words cut at its places and at special tokens, which stand as their numbers."""
        return [self.special.get(each, each) for each in split(words, (*PLACES, *self.special))]

    def _with_hole(self, text: str, hole: Hole) -> _Segments:
        """PSM and SPM as Bavarian et al. 2022 write them; SPM in the variant that shares its marks with PSM."""
        if self.template.fim is None:
            raise ValueError("a text with a hole, and a template without marks for it")
        marks = self.template.fim
        there = added_tokens(self.tokenizer)
        first, second, third = (there[name] for name in (marks.prefix, marks.suffix, marks.middle))
        before, middle, after = text[: hole.start], text[hole.start : hole.end], text[hole.end :]
        prefix, rest = self._joined([before], begins=True), self._joined([after], begins=False)
        inner = self._joined([middle], begins=False)
        if hole.order == "spm":
            return [first, second, *rest, third, *prefix, *inner]
        return [first, *prefix, second, *rest, third, *inner]

    def _joined(self, pieces: Sequence[str | int], *, begins: bool) -> _Segments:
        """Neighbouring texts in one, so that they are encoded in one."""
        found: _Segments = []
        text = ""
        for piece in [*pieces, None]:
            if isinstance(piece, str):
                text += piece
                continue
            if text:
                found.append(_Text(text, begins and not any(isinstance(each, _Text) for each in found)))
            text = ""
            if piece is not None:
                found.append(piece)
        return found
