from kcoder.reporting.labels import labels, language


def model(name, **settings):
    return {"name": name, "settings": {k.replace("_", ".", 1): v for k, v in settings.items()}}


def test_a_name_that_a_person_gave_stays():
    assert labels([model("my lora", train_method="lora", train_r=8)]) == {"my lora": "my lora"}


def test_a_name_made_of_settings_becomes_method_and_value():
    name = "lora,learning_rate=2e-3"
    assert labels([model(name, train_learning_rate=0.002, train_method="lora")]) == {name: "lora 0.002"}


def test_several_settings_keep_their_names():
    name = "lora,r=8,alpha=16"
    assert labels([model(name, train_method="lora", train_r=8, train_alpha=16)]) == {name: "lora r 8 alpha 16"}


def test_labels_that_would_be_equal_are_not_used():
    both = [model("a=1", train_method="lora"), model("a=2", train_method="lora")]
    assert labels(both) == {"a=1": "a=1", "a=2": "a=2"}


def test_languages_are_spelt_as_their_people_do():
    assert [language(n) for n in ("lua", "cpp", "javascript")] == ["Lua", "C++", "JavaScript"]
