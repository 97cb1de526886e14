"""What becomes of a notice: not sent by decision, sent, to be tried again, given up."""

from datetime import datetime, timedelta

from services.notify.domain import CaseState, Claim, Outcome, Reason, Verdict

PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""After the first, second, third and fourth failed attempt; the fifth is the last."""


def suppressed_at_claim(claim: Claim) -> Reason | None:
    """Why a claimed notice is not to be sent after all, or None. What happened to the case while an earlier attempt was
    under way counts now."""
    if claim.notice.suppress is not None:
        return claim.notice.suppress
    if claim.revocation is not None:
        return Reason.REVOKED
    if claim.state is CaseState.ERASED:
        return Reason.ERASED
    return Reason.WITHDRAWN if claim.state is CaseState.WITHDRAWN else None


def verdict_on_suppressed(claim: Claim, reason: Reason) -> Verdict:
    """A notice decided against. Where the decision was not there when it was claimed last, that attempt never came to
    be recorded: its alarm may have reached somebody, and a correction too many does no harm."""
    lost_attempt = claim.notice.suppress is None and claim.revocation is not None
    return Verdict(Outcome.SUPPRESSED, reason, correct=lost_attempt)


def verdict_on_attempt(attempts: int, failure: Reason | None, now: datetime, *, revoked: bool) -> Verdict:
    """After the `attempts`-th attempt. failure: None when it went out. revoked: the alarm was taken back meanwhile."""
    if failure is None:
        return Verdict(Outcome.SENT, correct=revoked)
    if revoked:
        # Who did not answer in time may have taken it all the same.
        return Verdict(Outcome.SUPPRESSED, Reason.REVOKED, correct=failure is Reason.TIMED_OUT)
    if attempts > len(PAUSES):
        return Verdict(Outcome.FAILED, failure)
    return Verdict(Outcome.PENDING, failure, retry_at=now + PAUSES[attempts - 1])
