from kcoder.reporting.tables import code, folded, table, unbroken


def test_a_table_has_a_caption_and_scrolls_in_its_own_box():
    made = table("Scores", ["model", "Lua"], [["base", None], ["<lora>", "1"]])
    assert made.startswith('<div class="scroll" tabindex="0" role="region" aria-label="Scores"><table><caption>')
    assert '<th scope="row">&lt;lora&gt;</th><td>1</td>' in made
    assert '<th scope="row">base</th><td>–</td>' in made


def test_a_number_breaks_only_around_its_interval():
    made = unbroken("+12.0 [+3.1, +20.4] no clear difference")
    pieces = ("+12.0", "[+3.1, +20.4]", "no clear difference")
    assert made == " ".join(f'<span class="whole">{piece}</span>' for piece in pieces)


def test_programs_are_shown_as_text():
    assert "&lt;script&gt;" in folded("examples", code("<script>"))
