"""Acts on a piece of work, as people call them."""

from shared.texts.catalogue import Text

TEXTS = {
    "act.none": Text("无", "nothing"),
    "act.open": Text("开始", "open"),
    "act.receive": Text("接收", "receive"),
    "act.arrive": Text("到场", "arrive"),
    "act.round": Text("再谈一轮", "another round"),
    "act.done": Text("完成", "done"),
    "act.approve": Text("批准", "approve"),
    "act.reject": Text("否决", "reject"),
    "act.agree": Text("达成一致", "agree"),
    "act.fail": Text("未达成", "fail"),
}
