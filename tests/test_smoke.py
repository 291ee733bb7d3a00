import pytest

from kcoder.model import published_models
from kcoder.plugin import name_of
from kcoder.prepare import prepare
from kcoder.spec.load import load_text

HUB = "data: {source: bigcode/the-stack-dedup, language: swift, sample: 1_000_000, dedup: [exact, semantic]}"


@pytest.fixture
def spec(tmp_path):
    """A spec's text as a smoke run: its prepared form."""

    def smoked(text, *settings):
        (tmp_path / "s.yaml").write_text(text)
        return prepare(tmp_path / "s.yaml", settings, smoke=True)

    return smoked


def sections(prepared, variant=""):
    return prepared.specs[variant].sections


def test_name_and_purpose_say_what_it_is(spec):
    head = spec(f"name: it\nwhy: Does it learn?\n{HUB}").head
    assert head.name == "it-smoke"
    assert head.why.startswith("A smoke run")
    assert head.why.endswith("Does it learn?")


@pytest.mark.parametrize("model", ["Salesforce/codegen-350M-mono", "Qwen/Qwen2.5-Coder-0.5B", "bigcode/starcoder2-3b"])
def test_weights_give_way_to_the_familys_shape_with_a_tokenizer_of_the_rows(spec, model):
    made = sections(spec(f"name: it\nmodel: {model}\n{HUB}\ntrain: lora"))
    assert "model" not in made
    assert name_of(made["pretrain"].architecture) == published_models()[model].family
    assert (made["pretrain"].hidden, made["pretrain"].layers) == (64, 2)
    assert made["pretrain"].data == made["data"]


def test_rows_steps_problems_and_samples_are_few(spec):
    made = sections(
        spec(
            f"name: it\nmodel: x/y\n{HUB}\n"
            "train: {method: qlora, tokens: 5_000_000, time: 3h, precision: fp16, optimizer: paged_adamw_8bit, r: 64}\n"
            "evaluate: {languages: [swift, python], samples: 200, pass_at: [1, 10, 100], perplexity: test}"
        )
    )
    assert (made["data"].sample.n, made["data"].sample.method) == (50, "first")
    train = made["train"].method
    assert (train.max_steps, train.tokens, train.time, train.precision, train.optimizer) == (
        5,
        None,
        None,
        "auto",
        "adamw",
    )
    evaluate = made["evaluate"]
    assert (evaluate.problems, evaluate.samples, evaluate.pass_at) == (5, 2, (1, 2))
    assert evaluate.perplexity.documents == 5


def test_what_a_laptop_lacks_is_not_asked_for(spec):
    prepared = spec(f"name: it\nmodel: x/y\n{HUB}\ntrain: {{method: lora, template: chat}}")
    made = sections(prepared)
    assert name_of(made["data"].dedup[1].embedder) == "hashing"
    assert made["train"].template is None
    assert made["data"].decontaminate.missing == "report"


@pytest.mark.parametrize(
    "train", ["lora", "{method: lora, r: 64}", "{method: {lora: {r: 64, max_steps: 9_000}}}", "{method: {full: {}}}"]
)
def test_a_method_is_brief_however_it_is_written(spec, train):
    method = sections(spec(f"name: it\nmodel: x/y\n{HUB}\ntrain: {train}"))["train"].method
    assert (method.max_steps, method.batch_size) == (5, 2)


@pytest.mark.parametrize("dedup", ["semantic", "{semantic: {threshold: 0.9}}", "[exact, {semantic: {}}]"])
def test_no_weights_of_an_embedder_are_needed(spec, dedup):
    text = f"name: it\nmodel: x/y\ndata: {{source: mini, language: lua, dedup: {dedup}}}\ntrain: lora"
    assert name_of(sections(spec(text))["data"].dedup[-1].embedder) == "hashing"


def test_rows_are_no_longer_than_a_small_context(spec):
    made = sections(
        spec(
            "name: it\npretrain: {context: 64, sequence_length: 64, data: {source: mini, language: lua}}\n"
            "data: {source: mini, language: lua}\ntrain: lora"
        )
    )
    assert made["train"].sequence_length == 64


def test_the_longest_name_and_a_strange_model_have_smoke_runs_too(spec):
    prepared = spec(f"name: {'n' * 100}\nmodel: {'m' * 300}\ntrain: none\n{HUB}")
    assert prepared.head.name == "n" * 94 + "-smoke"


def test_every_variant_is_shrunk_and_two_models_stay_two(spec):
    prepared = spec(
        f"name: it\nmodel: Salesforce/codegen-350M-mono\n{HUB}\n"
        "variants:\n  a: {train: {method: full, max_steps: 9_000}}\n"
        "  b: {train: none, model: Salesforce/codegen-350M-multi}"
    )
    a, b = sections(prepared, "a"), sections(prepared, "b")
    assert a["train"].method.max_steps == 5
    assert b["train"].method is None
    assert a["pretrain"].method.seed != b["pretrain"].method.seed


def test_greedy_answers_stay_single(spec):
    made = sections(spec("name: it\nmodel: x/y\nevaluate: {benchmark: mini, temperature: 0, samples: 1, pass_at: [1]}"))
    assert (made["evaluate"].samples, made["evaluate"].pass_at) == (1, (1,))
    assert made["pretrain"].data.source  # there are no rows in the spec: made-up ones stand in


def test_what_is_resolved_is_a_spec_that_runs_without_the_flag(spec, tmp_path):
    from kcoder.resolved import resolved_text

    prepared = spec(f"name: it\nmodel: x/y\n{HUB}\ntrain: lora\nevaluate: {{languages: [swift]}}")
    text = resolved_text(prepared.head, prepared.roots, prepared.specs)
    assert load_text(text, "resolved")[1] == []
    (tmp_path / "again.yaml").write_text(text)
    again = prepare(tmp_path / "again.yaml")
    assert [s.name for s in again.steps()[""]] == [s.name for s in prepared.steps()[""]]
    assert again.specs[""].sections["train"] == sections(prepared)["train"]


def test_a_wrong_spec_is_told_as_ever(spec):
    from kcoder.errors import SpecError

    with pytest.raises(SpecError, match="trian"):
        spec(f"name: it\nmodel: x/y\n{HUB}\ntrian: lora")
    with pytest.raises(SpecError, match="max_steps"):  # though a smoke run has another number of them
        spec(f"name: it\nmodel: x/y\n{HUB}\ntrain: {{method: lora, max_steps: many}}")
