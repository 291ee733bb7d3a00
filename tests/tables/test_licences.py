import pytest

from kcoder.tables.licences import counted, of_text, shortened, told


def test_several_licences_are_joined_and_none_is_null():
    assert [told(each) for each in (["MIT", "Apache-2.0"], ["MIT"], [], None, "mit")] == [
        "MIT, Apache-2.0",
        "MIT",
        None,
        None,
        "mit",
    ]


BSD = "1. Redistributions of source code must retain\n2. Redistributions in binary form must\nreproduce the above"
MIT = """MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files"""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (MIT, "MIT"),
        ("                 Apache License\n           Version 2.0, January 2004\n", "Apache-2.0"),
        ("GNU GENERAL PUBLIC LICENSE\n   Version 2, June 1991\n", "GPL-2.0"),
        ("GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007\n", "GPL-3.0"),
        ("GNU LESSER GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007\n", None),
        ("GNU AFFERO GENERAL PUBLIC LICENSE\n   Version 3, 19 November 2007\n", None),
        (BSD, "BSD-2-Clause"),
        (BSD + " copyright\n3. Neither the name of the holder", "BSD-3-Clause"),
        (BSD + "\n3. All advertising materials mentioning", None),
        (MIT + "\n\nApache License\nVersion 2.0, January 2004", None),
        ("All rights reserved.", None),
    ],
)
def test_a_common_licence_is_known_by_its_text(text, name):
    assert of_text(text) == name


def test_the_commonest_are_counted_by_name_and_the_rest_together():
    assert counted(["mit", None, "mit"]) == {"mit": 2, "unknown": 1}
    many = {f"l{n:02}": 30 - n for n in range(22)}
    assert shortened(many) == dict(list(many.items())[:20]) | {"others": 10 + 9}
