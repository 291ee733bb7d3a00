"""`kcoder report`."""


def test_the_page_is_rebuilt_from_stored_results(kcoder, tiny):
    page = tiny / "report.html"
    page.unlink()
    said = kcoder("report", "tiny")
    assert (said.code, said.out.strip()) == (0, "runs/tiny/report.html")
    assert "<html" in page.read_text()


def test_a_run_without_a_report_says_what_to_do(kcoder):

    kcoder("run", "tiny.yaml", "--until", "data.read")
    said = kcoder("report", "tiny")
    assert (said.code, "kcoder run" in said.err) == (1, True)
