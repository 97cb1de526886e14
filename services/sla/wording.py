"""The sentences that explain a ledger, Chinese and English side by side."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.sla.domain import Segment
from shared.policy.durations import Duration
from shared.policy.words import duration_words
from shared.texts.catalogue import Language

# code: (Chinese, English). {span}: from and to; {counted}: what was used up; {subject}: holiday or cause.
_WHY: dict[str, tuple[str, str]] = {
    "agreed": ("{span}：约定的时限内，计时 {counted}", "{span}: runs to the agreed time, {counted} counted"),
    "days": ("{span}：按自然日计时，{counted}", "{span}: calendar days, {counted} counted"),
    "elapsed": ("{span}：连续计时 {counted}", "{span}: runs without a break, {counted} counted"),
    "holiday": ("{span}：节假日（{subject}），不计时", "{span}: holiday ({subject}), not counted"),
    "office_hours": ("{span}：办公时间，计时 {counted}", "{span}: office hours, {counted} counted"),
    "outside_hours": ("{span}：非办公时间，不计时", "{span}: outside office hours, not counted"),
    "paused": ("{span}：暂停（{subject}），不计时", "{span}: paused ({subject}), not counted"),
    "rest_day": ("{span}：非办公时间（含休息日），不计时", "{span}: outside office hours and rest days, not counted"),
}
_AHEAD = {
    "ahead": ("最迟在 {target} 之前 {ahead}，即 {due}", "{ahead} before {target}: {due}"),
    "at_once": (
        "得知时距 {target} 已不足 {ahead}，立即到期：{due}",
        "less than {ahead} was left before {target} when it became known, so due at once: {due}",
    ),
}
_DAYS = ("；其间满 {days} 天", "; days completed: {days}")
_STILL = ("至今", "until now")


def segment_words(segment: Segment, zone: ZoneInfo, language: Language) -> str:
    """One segment as a sentence, with times as clocks in `zone` show them."""
    index = 0 if language == "zh" else 1
    subject = "" if segment.subject is None else (segment.subject.zh, segment.subject.en)[index]
    words = _WHY[segment.why][index].format(
        span=_span(segment, zone, index), counted=_amount(segment.counted_s, index), subject=subject
    )
    if segment.counted_days:
        words += _DAYS[index].format(days=segment.counted_days)
    return words


def ahead_words(
    target: datetime, ahead: Duration, due: datetime, zone: ZoneInfo, language: Language, *, at_once: bool
) -> str:
    """Why a limit that is counted back `ahead` from `target` is due when it is."""
    words = _AHEAD["at_once" if at_once else "ahead"][0 if language == "zh" else 1]
    return words.format(target=_local(target, zone), ahead=duration_words(ahead, language), due=_local(due, zone))


def _span(segment: Segment, zone: ZoneInfo, index: int) -> str:
    start = _local(segment.from_, zone)
    if segment.to is None:
        return f"{start} {_STILL[index]}"
    return f"{start} {'至' if index == 0 else 'to'} {_local(segment.to, zone)}"


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _amount(seconds: float, index: int) -> str:
    """`1 天 3 小时 30 分`; full minutes, seconds only where there is less than one."""
    whole = timedelta(seconds=int(seconds))
    hours, rest = divmod(whole.seconds, 3600)
    minutes, left = divmod(rest, 60)
    units = (("天", "d"), ("小时", "h"), ("分", "min"), ("秒", "s"))
    amounts = (whole.days, hours, minutes, left if whole < timedelta(minutes=1) else 0)
    parts = [f"{amount} {unit[index]}" for amount, unit in zip(amounts, units, strict=True) if amount]
    return " ".join(parts) or f"0 {units[-1][index]}"
