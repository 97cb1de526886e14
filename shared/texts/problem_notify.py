"""Problems of the notice ledger."""

from shared.texts.catalogue import Text

TEXTS = {
    "problem.notice_not_acknowledgeable.title": Text("此通知无法确认", "This notice cannot be acknowledged"),
    "problem.notice_not_acknowledgeable.detail": Text(
        "只有已发给工作人员的通知才能确认收到。请先查看此通知的发送结果。",
        "Only a notice that was sent to staff can be acknowledged. Look at its outcome first.",
    ),
    "problem.notice_not_failed.title": Text("此通知不需要重发", "This notice need not be tried again"),
    "problem.notice_not_failed.detail": Text(
        "只有发送失败的通知才能重发；待发的会自动发送，已发或不予发送的不会再发。",
        "Only a failed notice can be tried again: a pending one goes out by itself, and one that was sent or decided "
        "against stays as it is.",
    ),
}
