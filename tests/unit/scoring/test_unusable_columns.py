"""New data whose columns cannot be read without inventing values: refused where the model needs them."""

from __future__ import annotations

import pytest

from clientage.errors import ColumnError
from clientage.scoring.scorer import Scorer
from made_services import lines_of_shop, saved


@pytest.fixture(scope="module")
def scorer(tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    return Scorer(saved(lines_of_shop(), tmp_path_factory.mktemp("lines"), cluster={"k": 2}).model())


def test_amounts_in_two_currencies_are_refused(scorer: Scorer) -> None:
    lines = lines_of_shop(40, seed=8)
    money = scorer.model.roles[0].only("amount") or scorer.model.roles[0].only("price")
    assert money is not None
    mixed = {**lines, money: [f"{'€$'[i % 2]}{v}" for i, v in enumerate(lines[money])]}
    with pytest.raises(ColumnError, match=f"one currency in column '{money}'"):
        scorer.score(mixed)


def test_a_column_that_the_model_does_not_need_may_be_unusable(scorer: Scorer) -> None:
    lines = lines_of_shop(40, seed=8)
    n = len(next(iter(lines.values())))
    more = {**lines, "tip": [f"{'€$'[i % 2]}{i % 7}" for i in range(n)]}
    assert scorer.score(more).segment_ids.tolist() == scorer.score(lines).segment_ids.tolist()


def test_a_slip_into_the_future_does_not_move_everybody(scorer: Scorer) -> None:
    lines = lines_of_shop(40, seed=8)
    when = scorer.model.roles[0].only("date")
    assert when is not None
    slipped = {**lines, when: ["2190-01-01" if i == 3 else str(v) for i, v in enumerate(lines[when])]}
    before, after = scorer.score(lines), scorer.score(slipped)
    assert (before.segment_ids == after.segment_ids).mean() > 0.9
