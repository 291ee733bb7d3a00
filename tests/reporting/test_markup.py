from kcoder.reporting.markup import Markup, join, tag


def test_text_and_attributes_are_escaped():
    made = tag("p", "<script>", title='"><b>')
    assert made == '<p title="&quot;&gt;&lt;b&gt;">&lt;script&gt;</p>'


def test_markup_within_markup_is_not_escaped_twice():
    assert tag("p", tag("b", "a & b"), None, " c") == "<p><b>a &amp; b</b> c</p>"
    assert isinstance(join("a", Markup("<br>")), Markup)


def test_attributes_are_spelt_as_html_does():
    assert tag("rect", class_="v1", text_anchor="end", x=1.234, y=2.0, hidden=None) == (
        '<rect class="v1" text-anchor="end" x="1.23" y="2"></rect>'
    )


def test_characters_that_no_document_may_hold_are_replaced():
    assert tag("p", "a\x00b\x1b\ud800\nc") == "<p>a\ufffdb\ufffd\ufffd\nc</p>"


def test_an_empty_element_is_not_closed():
    assert tag("meta", charset="utf-8") == '<meta charset="utf-8">'
