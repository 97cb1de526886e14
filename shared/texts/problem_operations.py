"""Problems of operations: held events and dead letters."""

from shared.texts.catalogue import Text

TEXTS = {
    "problem.event_data_invalid.title": Text("事件内容不符合其类型", "The data do not fit the event type"),
    "problem.event_data_invalid.detail": Text(
        "修改后的内容无法读取：{detail}。原事件未被改动。",
        "The edited data cannot be read: {detail}. The event is unchanged.",
    ),
    "problem.held_not_next.title": Text("还轮不到这条事件", "Not the next event"),
    "problem.held_not_next.detail": Text(
        "只能放弃下一条待处理的事件，即序号 {sequence}。请先处理它。",
        "Only the next event can be dropped, which is sequence {sequence}. Deal with that one first.",
    ),
    "problem.dead_letter_content_gone.title": Text("死信内容已不存在", "The content of the dead letter is gone"),
    "problem.dead_letter_content_gone.detail": Text(
        "涉及个人的内容不在此保存，消息日志中也已没有它：已被更新的版本或删除取代，或已遗失。请放弃这条死信。",
        "What may be about a person is not kept here, and the log has it no more: a newer version or an erasure has "
        "taken its place, or it was lost. Drop this dead letter.",
    ),
    "problem.dead_letter_settled.title": Text("死信已处理", "The dead letter is settled"),
    "problem.dead_letter_settled.detail": Text(
        "这条死信已处理（{state}），不能再次处理。",
        "This dead letter is settled ({state}) and cannot be dealt with again.",
    ),
}
