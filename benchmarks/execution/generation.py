"""Sixteen samples of each prompt of 512 tokens: the prompt read once, against transformers' num_return_sequences; a
batch of 16 against a batch of 1; and greedy answers in float32 that must not depend on the batch.

    python benchmarks/execution/generation.py [--runs 3] [-o FILE]

One thread, CPU time of the process, the ways in turn. The model is a small CodeGen with random weights, so that nothing
ends before its length: short answers and long ones, since a shared prompt is worth less the longer they are. Targets:
at least 1.5 times num_return_sequences; batch of 16 at least 4 times batch of 1.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

PROMPT, SAMPLES, PROMPTS = 512, 16, 2
#: tokens of an answer
SHORT, LONG = 32, 128


def model(folder: Path) -> Path:
    """A checkpoint of 3.6 million parameters whose context is 1024 tokens."""
    from kcoder.host import Host
    from kcoder.plugin import load
    from kcoder.source import Wanted
    from kcoder.stage import Step

    rows = folder / "rows.parquet"
    source = load("sources", "mini")(functions=300)
    next(source.batches(Wanted(languages={"python": 1.0}))).write_parquet(rows)
    read = Step("rows", load("stages", "read")(source={"mini": {"functions": 300}}))
    begin = load("stages", "begin")(rows=read["rows"], hidden=256, layers=4, heads=4, vocabulary=512, context=1024)
    begin.run({read["rows"]: rows}, folder, Host(threads=1))
    return folder / "model"


def prompts(checkpoint: Path) -> list[str]:
    """Texts of exactly 512 tokens, each another."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    texts = []
    for number in range(SAMPLES):
        text = "".join(f"{number} {word}\n" for word in range(PROMPT))
        texts.append(tokenizer.decode(tokenizer(text).input_ids[:PROMPT], clean_up_tokenization_spaces=False))
    assert {len(tokenizer(text).input_ids) for text in texts} == {PROMPT}
    return texts


def requests(texts: list[str], samples: int, temperature: float, new: int) -> list[Any]:
    from kcoder.generator import Request

    return [
        Request(f"{at}#{n}", text, temperature, max_tokens=new, seed=1000 * at + n)
        for at, text in enumerate(texts)
        for n in range(samples)
    ]


def ours(checkpoint: Path, asked: list[Any], batch: int) -> dict[str, str]:
    from kcoder.host import Host
    from kcoder.plugin import load

    with load("generators", "transformers")(batch=batch).open(checkpoint, Host(threads=1)) as complete:
        return {answer.id: answer.text for part in complete(asked) for answer in part}


def num_return_sequences(checkpoint: Path, texts: list[str], new: int) -> int:
    """What a person would write: transformers' own sampling, each prompt with its samples."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    loaded = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32).eval()
    loaded.generation_config = GenerationConfig()
    made = 0
    for number, text in enumerate(texts):
        torch.manual_seed(number)
        ids = torch.tensor([tokenizer(text).input_ids])
        with torch.no_grad():
            written = loaded.generate(
                input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=0.8, top_p=1.0, top_k=0,
                max_new_tokens=new, num_return_sequences=SAMPLES, eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
            )  # fmt: skip
        made += len(written)
    return made


def seconds(way: Callable[[], Any]) -> float:
    began = time.process_time()
    way()
    return time.process_time() - began


def measured(checkpoint: Path, texts: list[str], new: int, runs: int) -> dict[str, float]:
    """Median CPU seconds of each way, the ways in turn."""
    many, few = requests(texts, SAMPLES, 0.8, new), requests(texts[:1], SAMPLES, 0.8, new)
    ways: dict[str, Callable[[], Any]] = {
        "shared prefill": lambda: ours(checkpoint, many, SAMPLES),
        "num_return_sequences": lambda: num_return_sequences(checkpoint, texts, new),
        "batch of 16": lambda: ours(checkpoint, few, SAMPLES),
        "batch of 1": lambda: ours(checkpoint, few, 1),
    }
    ours(checkpoint, few[:1], 1)  # what is loaded once is no part of it
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            found[name].append(seconds(way))
    return {name: statistics.median(times) for name, times in found.items()}


def greedy_is_independent(checkpoint: Path, texts: list[str]) -> int:
    """The number of greedy answers that are equal whatever they share a batch with; raises where one is not."""
    texts = [text[number:] for number, text in enumerate(texts)]  # of several lengths
    asked = requests(texts, 1, 0.0, SHORT)
    alone = ours(checkpoint, asked, 1)
    for batch in (3, SAMPLES):
        assert ours(checkpoint, asked, batch) == alone, f"a batch of {batch} changes greedy answers"
    assert ours(checkpoint, asked[::-1], 5) == alone, "the order of requests changes greedy answers"
    assert len(set(alone.values())) > 1
    return len(alone)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("-o", "--output", type=Path)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = model(Path(folder))
        texts = prompts(checkpoint)
        cpu = {new: measured(checkpoint, texts[:PROMPTS], new, told.runs) for new in (SHORT, LONG)}
        equal = greedy_is_independent(checkpoint, texts)
    result = {
        "machine": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("kcoder", "torch", "transformers")},
        "prompt_tokens": PROMPT,
        "samples": SAMPLES,
        "cpu_seconds": {
            f"{new} new tokens": {way: round(value, 3) for way, value in times.items()} for new, times in cpu.items()
        },
        "ratios": {
            f"{new} new tokens": {
                "shared prefill over num_return_sequences": round(
                    times["num_return_sequences"] / times["shared prefill"], 2
                ),
                "batch of 16 over batch of 1": round(times["batch of 1"] / times["batch of 16"], 2),
            }
            for new, times in cpu.items()
        },
        "greedy_answers_equal_in_every_batch": equal,
    }
    text = json.dumps(result, indent=1)
    if told.output:
        told.output.write_text(text + "\n")
    print(text)  # noqa: T201


if __name__ == "__main__":
    main()
