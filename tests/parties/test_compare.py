"""Comparing two names: what is the same party, what is worth a look, what is somebody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import screening
from screening import NameMatch, UsageError, compare_names
from screening.content.snapshot import shipped
from screening.parties.words import Words

SAME = [
    # legal forms: dotted, glued, leading, in other languages
    ("PRIMERKA D.O.O.", "Primerka DOO", "company"),
    ("Lafert S. p. A.", "LAFERT SPA", "company"),
    ("KALINDA TRADINGLLC", "Kalinda Trading LLC", "company"),
    ("OOO Romashka", "ООО Ромашка", "company"),
    ("PT. Kalinda Jaya", "KALINDA JAYA PT", "company"),
    ("株式会社カリンダ", "カリンダ株式会社", "company"),
    ("Kalinda S/A", "KALINDA SA", "company"),
    ("Kalinda Sendirian Berhad", "KALINDA SDN. BHD.", "company"),
    ("KALINDA LIMITED LIABILITY COMPANY", "Kalinda LLC", "company"),
    ("Kalinda Kabushiki Kaisha", "KALINDA CO., LTD.", "company"),
    ("KALINDA AND CO. MALTA LIMITED", "Kalinda and Company Malta Limited", "company"),
    ("PAOKALINDA", "PAO Kalinda", "company"),
    ("INSTITUTE OFKALINDA OF THE ACADEMY", "Institute of Kalinda of the Academy", "company"),  # the other "of" is no part of it
    ("KALINDA CO FOR INFORMATION TECHNOLOGY", "Kalinda Company for Information Technology", "company"),
    ("KALINDA BEARINGSSDN BHD", "Kalinda Bearings Sdn Bhd", "company"),
    ("KALINDA METALS : ETHIOPIABRANCH", "Kalinda Metals: Ethiopia Branch", "company"),
    # slips of the pen in words that are not its own
    ("KALINDA METALS COPMANY LIMTIED", "Kalinda Metals Company Limited", "company"),
    ("ZAKRYTOE AKRSIONERNOE OBSHCHESTVO KALINDA", "Zakrytoe Aktsionernoe Obshchestvo Kalinda", "company"),
    ("KALINDA SHIP MANAGIMENT", "Kalinda Ship Management", "company"),
    # trade abbreviations
    ("KALINDA COMP", "Kalinda Company", "company"),
    ("KALINDA COMM GRP", "Kalinda Commercial Group", "company"),
    ("KALINDA TECH & SRVCES", "Kalinda Technology and Services", "company"),
    ("KALINDA INTL IMP & EXP MFG CO", "Kalinda International Import and Export Manufacturing Company", "company"),
    # residue of documents
    ("SHIPPER: KALINDA METALS LTD", "Kalinda Metals Ltd", "company"),
    ("收货人：卡林达金属有限公司", "卡林达金属有限公司", "company"),
    ("Freight Partner GmbH c/o Kalinda Metals Ltd", "Kalinda Metals Ltd", "company"),
    ("Kalinda Metals Ltd ATTN: Mr Smith TEL 0049 30 123456", "Kalinda Metals Ltd", "company"),
    ("Kalinda Metals Co., Ltd., No. 12 Bantian Road, Shenzhen, China", "Kalinda Metals Co Ltd", "company"),
    ("Kalinda Metals Ltd, Dubai Branch", "Kalinda Metals Ltd", "company"),
    ("Kalinda Metals Ltd VAT NO GB123456789", "Kalinda Metals Ltd", "company"),
    ("Brandnew Metals Ltd (formerly Kalinda Metals Ltd)", "Kalinda Metals Ltd", "company"),
    ("Some Trader LLC on behalf of Kalinda Metals", "Kalinda Metals", "company"),
    ("Kalindra", "Brandnew Metals (ex Kalindra)", "company"),
    ("KALINDA METALS\n12 Harbour Road\nDubai", "Kalinda Metals", "company"),
    # words glued and apart, in another order
    ("KalindaMetals Ltd", "Kalinda Metals Ltd", "company"),
    ("Metals Kalinda", "Kalinda Metals", "company"),
    # other scripts
    ("Калинда Металл", "Kalinda Metall", "company"),
    ("Καλίντα ΑΕ", "Kalinta AE", "company"),
    ("カリンダ", "Karinda", "company"),
    ("卡林達金屬有限公司", "卡林达金属有限公司", "company"),
    # numbers are numbers however they are written
    ("Kalinda Metals II", "Kalinda Metals 2", "company"),
    ("M/V KALINDA STAR III", "Kalinda Star 3", "vessel"),
    ("MT KALINDA SPIRIT VOY. 123E FLAG PANAMA", "Kalinda Spirit", "vessel"),
    # persons: order, titles, case
    ("KARIMOVSKY, Anvar", "Anvar Karimovsky", "person"),
    ("Mr. Anvar KARIMOVSKY", "Anvar Karimovsky", "person"),
]

REVIEW = [
    ("Kalinda Metals GmbH", "Kalinda Metals Ltd", "company"),  # another legal form
    ("Kalinda Metals", "Kalinda Metals Trading", "company"),  # a sister
    ("Rosneft", "Rosneft Trading S.A.", "company"),  # the parent of a listed unit
    ("Kalinda Metals Germany GmbH", "Kalinda Metals", "company"),  # a unit elsewhere
    ("Zorvat OOO", "Zorvath OOO", "company"),  # a letter of its only word, and the same form
    ("CHIA HOLDING", "China Holding", "company"),  # ordinary words, but the whole name save a letter
    ("ALFA TRADING FZE", "Alpha Trading FZE", "company"),
    ("A. Karimovsky", "Anvar Karimovsky", "person"),  # an initial
    ("Muhammed Karimovskiy", "Mohammad Karimovski", "person"),
    ("深圳市卡林达科技有限公司", "Shenzhen Kalinda Technology Co., Ltd.", "company"),  # pinyin has many readings
    ("محمد علي حسن", "Mohammed Ali Hassan", "person"),  # vowels are not written
    ("יוסף כהן", "Yosef Cohen", "person"),
    ("삼성전자 주식회사", "Samsung Electronics Co., Ltd.", "company"),
]

OTHERS = [
    ("Kalinda Metals Ltd", "Marenko Metals Ltd", "company"),
    ("Global Trading LLC", "Trading Global Services LLC", "company"),
    ("EMMA LLC", "KALINDA LLC", "company"),
    ("Zorva LLC", "Zorba Ltd", "company"),  # a letter of a short word, and another form
    ("CHIA HOLDING", "China Trading", "company"),
    ("A Trading Shenzhen", "Alpha Trading Shenzhen", "company"),  # a letter is no name
    ("CORP", "Kalinda Corp", "company"),
    ("A-B-C Company", "Kalinda Company", "company"),
    ("Trading LLC", "Trading Company", "company"),
    ("KALINDA STAR 3", "KALINDA STAR 4", "vessel"),
    ("KALINDA STAR II", "KALINDA STAR III", "vessel"),
    ("General Trading Systems Ltd", "General Dynamics", "company"),
    ("Star Logistics", "Star Chemicals", "company"),
    ("Anvar Smith", "Anvar Karimovsky", "person"),
    ("Peter Müller", "Paul Müller", "person"),
    ("Zhang Wei", "Cheng Wei", "person"),
    ("Mahmoud Karimovsky", "Mohammed Smith", "person"),
    ("深圳有限公司", "广州有限公司", "company"),
    ("国际贸易公司", "国际物流公司", "company"),
    ("", "Kalinda", "company"),
    ("-", "-", "company"),
]


def _id(value):
    return value if isinstance(value, str) else None


@pytest.mark.parametrize(("left", "right", "kind"), SAME, ids=_id)
def test_the_same_party(left, right, kind):
    found = compare_names(left, right, kind)
    assert found.level == "hit", found


@pytest.mark.parametrize(("left", "right", "kind"), REVIEW, ids=_id)
def test_worth_a_look(left, right, kind):
    found = compare_names(left, right, kind)
    assert found.level == "review", found


@pytest.mark.parametrize(("left", "right", "kind"), OTHERS, ids=_id)
def test_somebody_else(left, right, kind):
    found = compare_names(left, right, kind)
    assert found.level == "none", found


def test_number_that_differs_is_never_a_hit():
    numbered = [("Kalinda Metals 12", "Kalinda Metals 21"), ("Factory 601", "Factory 602"), ("Kalinda A320", "Kalinda A330")]
    for left, right in numbered:
        assert compare_names(left, right, "company").level != "hit"


def test_result_says_what_agreed_in_both_languages():
    found = compare_names("Kalindra Metals Ltd", "Kalinda Metals GmbH", "company")
    assert isinstance(found, NameMatch)
    assert "kalindra ~ kalinda" in found.explanation
    assert "legal forms differ" in found.explanation
    assert "组织形式不同" in found.explanation_zh
    assert "kalindra~kalinda" in found.alignment


def test_unknown_kind_is_refused():
    with pytest.raises(UsageError, match="robot"):
        compare_names("a", "b", kind="robot")
    with pytest.raises(UsageError, match="robot"):
        screening.Screener().match_parties(["a"], kind="robot")


# -- invariants ----------------------------------------------------------------------------------------------------------

KNOWN = Words(shipped())
GENERIC = sorted(
    text
    for kind in ("activity", "place", "particle")
    for text in KNOWN._meanings[kind]
    if text.isascii() and text.isalpha() and len(text) > 1 and KNOWN.word(text).kind in ("activity", "place", "particle")
)
PIECES = [
    *GENERIC[::9],
    *[
        "kalinda",
        "marenko",
        "karimovsky",
        "Ltd",
        "GmbH",
        "3",
        "III",
        "c/o",
        "(ex",
        ")",
        "深圳",
        "卡林达",
        "有限公司",
        "Ромашка",
        "محمد",
    ],
]
NAMES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map(" ".join) | st.text(max_size=30)
KINDS = st.sampled_from(["company", "person", "vessel", "unknown"])


@given(NAMES, NAMES, KINDS)
def test_either_name_may_come_first(left, right, kind):
    one, other = compare_names(left, right, kind), compare_names(right, left, kind)
    assert (one.level, one.score, one.strength) == (other.level, other.score, other.strength)


@given(NAMES, KINDS)
def test_name_is_like_itself(name, kind):
    found = compare_names(name, name, kind)
    assert found.score in (0.0, 1.0)
    assert found.strength >= 0


OWN = st.lists(
    st.sampled_from(["kalinda", "marenko", "karimovsky", "trading", "steel", "dubai"]), min_size=2, max_size=5, unique=True
)


@given(OWN, st.randoms(use_true_random=False))
def test_order_of_words_changes_no_likeness(words, draw):
    mixed = draw.sample(words, len(words))
    assert compare_names(" ".join(words), " ".join(mixed), "company").score == 1.0


SHARED = st.lists(st.sampled_from(GENERIC), min_size=1, max_size=3)


@given(SHARED, st.sampled_from(["Kalinda", "Marenko Karimovsky"]), st.booleans())
def test_generic_words_never_carry_a_hit(words, own, last):
    shared = " ".join(words)
    left, right = (f"{own} {shared}", f"Zorvath {shared}") if last else (f"{shared} {own}", f"{shared} Zorvath")
    assert compare_names(left, right, "company").level == "none"
    assert compare_names(shared, f"{own} {shared}", "company").level != "hit"


@given(st.integers(0, 9999), st.integers(0, 9999), KINDS)
def test_numbers_count_exactly(one, other, kind):
    found = compare_names(f"Kalinda Star {one}", f"Kalinda Star {other}", kind)
    assert (found.level == "hit") == (one == other)


def test_every_word_of_the_content_is_written_plainly():
    spelling = KNOWN.spelling
    for group, meanings in shipped().party_words.items():
        if group in ("same_form", "letter"):
            continue
        for spellings in meanings.values():
            for text in spellings:
                assert " ".join(spelling.words(spelling.plain(text))).replace("_", "/") == text, (group, text)


def test_same_form_names_known_forms():
    words = shipped().party_words
    for form, others in words["same_form"].items():
        assert {form, *others} <= set(words["legal_form"])
