"""What is known of published lists: every format that is read belongs to a list, and every list has a format that is read."""

from __future__ import annotations

from screening.parties.formats import eu, ofac_advanced, ofac_csv, ofac_xml, opensanctions, uk, un, us

FORMATS = {
    *(module.FORMAT for module in (ofac_csv, ofac_xml, ofac_advanced, un)),
    *(us.CSL_CSV, us.DPL, eu.OLD, eu.XML, eu.CSV, uk.CSV, uk.CONLIST, uk.XML, opensanctions.CSV, opensanctions.FTM),
}


def test_every_format_belongs_to_a_list_and_every_list_has_one(content):
    assert {form for source in content.list_sources.values() for form in source.formats} == FORMATS


def test_a_format_without_names_for_its_lists_has_one_list_that_takes_the_rest(content):
    for form in FORMATS:
        fitting = [source for source in content.list_sources.values() if form in source.formats and not source.marks]
        unnamed = [source for source in fitting if not source.codes]
        assert len(unnamed) <= 1
        assert unnamed or fitting


def test_what_a_file_calls_a_list_is_never_two_lists(content):
    codes = [(form, code) for source in content.list_sources.values() for form in source.formats for code in source.codes]
    assert len(codes) == len(set(codes))


def test_addresses_are_those_of_the_web(content):
    for source in content.list_sources.values():
        assert all(url.startswith("https://") for url in [source.url, *source.downloads])
