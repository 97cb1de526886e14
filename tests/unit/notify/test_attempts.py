"""What becomes of a notice after an attempt."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.notify.domain import CaseState, Outcome, Reason, Revocation
from services.notify.policy.attempts import suppressed_at_claim, verdict_on_attempt, verdict_on_suppressed
from tests.unit.notify.examples import NOW, claim

REVOCATION = Revocation(UUID(int=5))


@pytest.mark.parametrize(
    ("attempts", "pause"),
    [(1, timedelta(seconds=10)), (2, timedelta(minutes=1)), (3, timedelta(minutes=5)), (4, timedelta(minutes=30))],
)
def test_pauses_grow(attempts, pause):
    verdict = verdict_on_attempt(attempts, Reason.NOT_ACCEPTED, NOW, revoked=False)
    assert (verdict.outcome, verdict.reason, verdict.retry_at) == (Outcome.PENDING, Reason.NOT_ACCEPTED, NOW + pause)


@pytest.mark.parametrize("attempts", [5, 6])
def test_the_fifth_attempt_is_the_last_and_a_later_one_has_no_other(attempts):
    verdict = verdict_on_attempt(attempts, Reason.TIMED_OUT, NOW, revoked=False)
    assert (verdict.outcome, verdict.reason, verdict.retry_at) == (Outcome.FAILED, Reason.TIMED_OUT, None)


@pytest.mark.parametrize(
    ("failure", "revoked", "outcome", "reason", "correct"),
    [
        (None, False, Outcome.SENT, None, False),
        (None, True, Outcome.SENT, None, True),
        (Reason.NOT_ACCEPTED, True, Outcome.SUPPRESSED, Reason.REVOKED, False),
        (Reason.TIMED_OUT, True, Outcome.SUPPRESSED, Reason.REVOKED, True),  # it may have been taken all the same
    ],
)
def test_an_alarm_taken_back_while_under_way(failure, revoked, outcome, reason, correct):
    verdict = verdict_on_attempt(1, failure, NOW, revoked=revoked)
    assert (verdict.outcome, verdict.reason, verdict.correct) == (outcome, reason, correct)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({}, None),
        ({"suppress": Reason.HISTORY}, Reason.HISTORY),
        ({"suppress": Reason.REVOKED, "revocation": REVOCATION}, Reason.REVOKED),
        ({"revocation": REVOCATION}, Reason.REVOKED),
        ({"state": CaseState.WITHDRAWN}, Reason.WITHDRAWN),
        ({"state": CaseState.ERASED}, Reason.ERASED),
    ],
)
def test_what_happened_meanwhile_counts_when_a_notice_is_claimed(known, reason):
    assert suppressed_at_claim(claim(**known)) is reason


def test_an_attempt_lost_in_a_crash_is_corrected_and_a_notice_never_tried_is_not():
    lost = claim(attempts=2, revocation=REVOCATION)
    never_tried = claim(attempts=0, revocation=REVOCATION, suppress=Reason.REVOKED)
    assert verdict_on_suppressed(lost, Reason.REVOKED).correct
    assert not verdict_on_suppressed(never_tried, Reason.REVOKED).correct
