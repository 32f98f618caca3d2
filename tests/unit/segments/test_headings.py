import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientage.segments.headings import headings, humanise
from clientage.segments.measures import measure_of, measures


@pytest.mark.parametrize(
    ("header", "words", "unit", "family"),
    [
        ("MntWines", "wines", None, "amount"),
        ("MntMeatProducts", "meat", None, "amount"),
        ("NumWebVisitsMonth", "web visits a month", None, "count"),
        ("number of orders", "orders", None, "count"),
        ("spending_score", "spending score", None, "plain"),
        ("Spending Score (1-100)", "spending score", None, "plain"),
        ("Annual Income (k$)", "annual income", "k$", "plain"),
        ("Income [EUR]", "income", "€", "plain"),
        ("PURCHASES_FREQUENCY", "purchase frequency", None, "plain"),
        ("PRC_FULL_PAYMENT", "percent full payment", None, "plain"),
        ("Year_Birth", "birth year", None, "plain"),
        ("AcceptedCmp3", "accepted campaign 3", None, "plain"),
        ("Detergents_Paper", "detergents and paper", None, "plain"),
        ("CustomerID", "customer ID", None, "plain"),
        ("iPhone users", "iPhone users", None, "plain"),
        ("spend_score", "spend score", None, "plain"),
        ("luxury / be spoilt", "luxury / be spoilt", None, "plain"),
        ("ГодовойДоход", "годовой доход", None, "plain"),
        ("年間収入（円）", "年間収入", None, "plain"),
        ("(k$)", "(k$)", "k$", "plain"),
        ("   ", "unnamed column", None, "plain"),
    ],
)
def test_headers_become_words(header, words, unit, family):
    heading = humanise(header)
    assert (heading.words, heading.unit, heading.family) == (words, unit, family)


def test_markup_stays_text_and_direction_marks_go():
    assert humanise("<img src=x onerror=alert(1)>").words == "<img src=x onerror=alert(1)>"
    assert humanise("in\u202ecome\x00\n").words == "income"
    assert humanise("می\u200cخواهم").words == "می\u200cخواهم"


def test_columns_of_the_same_words_keep_their_headers():
    both = headings(["MntWines", "NumWines", "age"], {}, {})
    assert [both[c].words for c in both] == ["MntWines", "NumWines", "age"]


def test_known_titles_and_units_win():
    heading = headings(["recency"], {"recency": "days since last purchase"}, {"recency": "days"})["recency"]
    assert (heading.words, heading.unit, heading.derived) == ("days since last purchase", "days", True)


@given(st.lists(st.text(max_size=20), unique=True, max_size=8))
def test_any_headers_give_words(names):
    found = headings(names, {}, {})
    assert list(found) == names
    assert all(h.words.strip() for h in found.values())


@pytest.mark.parametrize(
    ("header", "measure"),
    [
        ("Recency", "recency"),
        ("days_since_last_order", "recency"),
        ("last_purchase_amount", "basket"),
        ("purchase_frequency", "frequency"),
        ("n_orders", "frequency"),
        ("orders_last_year", "frequency"),
        ("NumDealsPurchases", "discount"),
        ("NumWebPurchases", "channel"),
        ("MntWines", "spend"),
        ("Spending Score (1-100)", "score"),
        ("Annual Income (k$)", "income"),
        ("membership_years", "tenure"),
        ("Age", "age"),
        ("Year_Birth", "birth"),
        ("Kidhome", "household"),
        ("BALANCE_FREQUENCY", None),
        ("Fresh", None),
        ("percentage", None),
        ("luxury / be spoilt", None),
    ],
)
def test_columns_are_told_by_their_words(header, measure):
    assert measure_of(header, humanise(header)) == measure


def test_every_measure_is_complete():
    for measure in measures().values():
        assert measure.words
        assert measure.upside in (None, "high", "low")
        assert (measure.high is None) == (measure.low is None)
        assert all(run == tuple(w.lower() for w in run) for _, run in measure.words)
