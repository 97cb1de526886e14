"""Whether a service has caught up, by what its members have applied together."""

from shared.delivery.standing import Standing

A, B = ("complaints.v1", 0), ("complaints.v1", 1)


class Seconds:
    """A clock moved by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nobody_has_caught_up_before_everything_was_applied():
    standing = Standing(Seconds())
    standing.note_ends(100.0, {A: 5, B: 3}, {A: 5})
    assert standing.behind_s() == float("inf")
    standing.note_ends(100.0, {A: 5, B: 3}, {A: 5, B: 3})
    assert standing.behind_s() == 0


def test_who_is_always_busy_with_the_newest_has_still_caught_up():
    seconds = Seconds()
    standing = Standing(seconds)
    for second in range(10):
        seconds.now = 100.0 + second
        standing.note_ends(seconds.now, {A: 100 * (second + 1)}, {A: 100 * second + 50})  # half a second behind
    assert standing.behind_s() == 0


def test_another_members_partition_counts_too():
    seconds = Seconds()
    standing = Standing(seconds)
    standing.note_ends(100.0, {A: 5, B: 5}, {A: 5, B: 5})
    for second in range(1, 10):
        seconds.now = 100.0 + second
        standing.note_ends(seconds.now, {A: 5, B: 5 + second}, {A: 5, B: 5})
    assert standing.behind_s() == 7  # nine seconds, less the two it takes to notice


def test_a_broker_that_does_not_answer_tells_nothing():
    seconds = Seconds()
    standing = Standing(seconds)
    standing.note_ends(100.0, {A: 5}, {A: 5})
    seconds.now = 130.0
    standing.note_ends(130.0, {}, {A: 5})
    assert standing.behind_s() == 28


def test_who_fell_far_behind_is_known_to_have_caught_up_again():
    seconds = Seconds()
    standing = Standing(seconds)
    for second in range(300):
        seconds.now = 100.0 + second
        standing.note_ends(seconds.now, {A: second + 1}, {A: 0})
    assert standing.behind_s() == float("inf")
    standing.note_ends(seconds.now, {A: 300}, {A: 300})
    assert standing.behind_s() == 0
