"""How a document stands before a model: the words around its question and its answer.

A template is pinned into the checkpoint that was trained with it (see `card.py`), and `render.py` makes tokens of it
alike for training, evaluation and serving.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from typing import Any

from kcoder.errors import UsageError
from kcoder.model import Marks

#: the places in a template's words that a document's parts take
PLACES = ("{prompt}", "{input}", "{text}")


@dataclass(frozen=True)
class Template:
    """Words with places for a document's parts. They stand around what has a question; a text without one is plain.

    What stands before {text} is the question, which a model that is asked gets; the rest is what it is to write.
    """

    name: str = "plain"
    words: str = "{prompt}{text}"
    #: words for a question that comes with an input of its own; where there are none it is a part of {prompt}
    with_input: str = ""
    #: the places whose white space at both ends is left out
    trims: tuple[str, ...] = ()
    #: the Jinja source that the words were taken from
    chat: str = ""
    #: the marks with which the model was taught to fill in; none where it was not
    fim: Marks | None = None

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def of_json(cls, told: Any) -> Template:
        """The template a card tells of; the first cards told its words only."""
        if isinstance(told, str):
            return cls(words=told)
        known = {field.name: told[field.name] for field in fields(cls) if field.name in told}
        known["trims"] = tuple(told.get("trims", ()))
        known["fim"] = Marks(*told["fim"]) if told.get("fim") else None
        return cls(**known)


PLAIN = Template()

#: Byte for byte PROMPT_DICT in train.py of tatsu-lab/stanford_alpaca and of sahil280114/codealpaca: the answer
#: follows "### Response:" at once. Both ask a trained model through the words without input.
ALPACA = Template(
    name="alpaca",
    words=(
        "Below is an instruction that describes a task. "
        "Write a response that appropriately completes the request.\n\n"
        "### Instruction:\n{prompt}\n\n### Response:{text}"
    ),
    with_input=(
        "Below is an instruction that describes a task, paired with an input that provides further context. "
        "Write a response that appropriately completes the request.\n\n"
        "### Instruction:\n{prompt}\n\n### Input:\n{input}\n\n### Response:{text}"
    ),
)


def chat_template(tokenizer: Any, source: str | None = None) -> Template:
    """The words that the tokenizer's chat template, or the Jinja source given, puts around one question and its answer.

    They are found once and pinned, so that no later version of a tokenizer or of Jinja changes them. Raises UsageError
    when there is no template, and for one that does more than to put words around.
    """
    source = source or tokenizer.chat_template
    if not isinstance(source, str):  # several by name are of no use: none says which
        raise UsageError(
            "the model's tokenizer has no chat template; base models such as phi-2 and CodeLlama-Python bring none",
            "give one, train: {template: chat, chat_template: FILE.jinja}, or say template: alpaca",
        )
    if "strftime_now" in source:
        raise UsageError(
            "the chat template writes today's date, so that the same spec would train on other words tomorrow",
            "copy it into a file with a fixed date, and say chat_template: FILE.jinja",
        )
    question, answer = "\ue000question\ue000", "\ue000answer\ue000"
    words = _applied(tokenizer, source, question, answer)
    spaced = _applied(tokenizer, source, f" \n{question}\n ", f" \n{answer}\n ")
    places = {"{prompt}": question, "{text}": answer}
    trims = tuple(place for place, sign in places.items() if f" \n{sign}\n " not in spaced)
    for place, sign in places.items():
        if words.count(sign) != 1 or place in words:
            raise _no_frame(place)
        words = words.replace(sign, place)
    found = Template("chat", words, trims=trims, chat=source)
    probe = {"{prompt}": "def f(x):\n\treturn {x}  # 'é'", "{text}": '\n    x = "<b>"\n\n'}
    shown = {place: text.strip() if place in trims else text for place, text in probe.items()}
    if filled(words, shown) != _applied(tokenizer, source, *probe.values()):
        raise _no_frame("messages")
    return found


def filled(words: str, parts: dict[str, str]) -> str:
    """The words with a document's parts in their places. A part that spells a place is not looked into."""
    return "".join(parts.get(each, each) for each in split(words, PLACES))


def split(words: str, at: tuple[str, ...]) -> list[str]:
    """The words cut before and after each of these; longer ones win."""
    alternatives = "|".join(re.escape(each) for each in sorted(at, key=len, reverse=True))
    return [part for part in re.split(f"({alternatives})", words) if part]


def _applied(tokenizer: Any, source: str, question: str, answer: str) -> str:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    try:
        return str(tokenizer.apply_chat_template(turns, chat_template=source, tokenize=False))
    except Exception as error:  # Jinja's own, and whatever the template itself raises
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise UsageError(f"the chat template cannot be used: {reason}", "look at its Jinja source") from error


def _no_frame(place: str) -> UsageError:
    return UsageError(
        f"the chat template does more with {place} than put words around, so what is trained cannot be pinned",
        "give a plainer one: chat_template: FILE.jinja",
    )
