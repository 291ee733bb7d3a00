from kcoder.reporting.markup import join
from kcoder.reporting.record import costs, data, protocol

STEPS = [
    {"step": "data.filter", "variants": ["lora-a"], "facts": {"rows": 6000, "dropped": {"long": 12}}},
    {"step": "train", "variants": ["lora-a"], "key": "abc", "state": "built", "seconds": 11.2, "peak_mb": 1043.6},
]


def test_costs_come_from_the_steps_that_made_the_models(told):
    made = costs(told, {"steps": STEPS})
    assert "<td>100 of 1.0 k (10.0 %)</td><td>11.2 s</td><td>–</td><td>1,044 MB</td>" in made


def test_an_empty_diary_leaves_its_parts_out(told):
    assert "100 of 1.0 k" in costs(told, {})
    made = join(*protocol(told, {}))
    assert "machine" not in made
    assert "keys" not in made
    assert "paired bootstrap over problems, 2,000 draws" in made


def test_the_funnel_names_steps_counts_and_reasons_with_escaped_examples(told):
    made = join(*data(told, {"steps": STEPS}))
    assert "rows 6,000, dropped.long 12" in made
    assert "too long, the first 1 of 1" in made
    assert "x = &#x27;&lt;script&gt;&#x27;" in made
    assert "evidence: 101 characters" in made


def test_the_protocol_says_what_the_numbers_were_made_with(told):
    diary = {
        "versions": {"torch": "2.13.0"},
        "host": {"cores": 2, "threads": 1, "memory": 2**34, "device": "cpu", "python": "3.11.7"},
        "spec": "name: <x>",
        "steps": STEPS,
    }
    made = join(*protocol(told, diary))
    assert "2 cores, 1 thread, 16.0 GiB of memory, device cpu, Python 3.11.7" in made
    assert "torch 2.13.0" in made
    assert "Lua 10, Python 10 (development, for choices only)" in made
    assert "name: &lt;x&gt;" in made


def test_the_protocol_counts_all_problems(partly):
    made = join(*protocol(partly, {}))
    assert "Lua 5, Python 2 (test)" in made


def test_the_reason_why_a_part_has_no_score_is_no_interval(study):
    test = {"base": {"lua": "10"}, "lora": {"lua": "11"}}
    made = join(*protocol(study.told(test, held={"lua": "11"}), {}))
    assert "<dt>interval</dt><dd>wilson</dd>" in made
