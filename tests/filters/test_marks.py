import polars as pl
import pytest

from kcoder.filters.marks import Generated, LicenceOnly, Parses, Personal, Secrets


@pytest.mark.parametrize(
    ("filter_", "found", "reason"),
    [
        (Generated(), "mark: do not edit", "generated"),
        (Secrets(), "AWS key", "secrets"),
        (Personal(), "e-mail", "personal data"),
        (LicenceOnly(), True, "a licence and nothing else"),
        (Parses(), False, "does not parse"),
    ],
)
def test_what_was_found_drops_and_nothing_found_keeps(filter_, found, reason):
    [need] = filter_.needs
    kept = not found if isinstance(found, bool) else None
    table = pl.DataFrame({need: [found, kept, None]})
    assert table.select(filter_.reason().alias("r"))["r"].to_list() == [reason, None, None]
