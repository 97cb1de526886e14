"""Quotas that somebody hears of: who did less than their share of a window."""

import pytest

from shared.policy.loading import default_pack_text, load_pack, packaged_pack_text
from shared.policy.quotas import behind, watches_of

(WATCH,) = watches_of(load_pack(packaged_pack_text("management-office")))


def test_a_pack_says_whose_shares_of_what_are_watched_and_who_hears() -> None:
    assert (WATCH.name, WATCH.share, WATCH.over, WATCH.every) == (
        "repair_visits",
        "repair_follow_up",
        "repair",
        "month",
    )
    assert (WATCH.tell, WATCH.owed["repair_head"]) == (("office_head",), (0.6, "60%"))
    assert watches_of(load_pack(default_pack_text())) == ()


@pytest.mark.parametrize(
    ("over", "done", "late"),
    [
        (0, {}, ()),
        (10, {"office_head": 1, "administrator": 3, "repair_head": 6}, ()),
        (10, {"administrator": 4, "repair_head": 6}, ("office_head",)),
        (10, {"office_head": 1, "administrator": 2, "repair_head": 5}, ("administrator", "repair_head")),
        (4, {"administrator": 1, "repair_head": 2}, ()),  # no share comes to one more in whole
        (9, {"administrator": 2, "repair_head": 5}, ()),
        (100, {"office_head": 9, "administrator": 30, "repair_head": 60}, ("office_head",)),
    ],
)
def test_a_role_is_behind_where_its_share_comes_to_more_in_whole(
    over: int, done: dict[str, int], late: tuple[str, ...]
) -> None:
    assert behind(WATCH, done, over) == late
