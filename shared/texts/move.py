"""What can be done with a case: the product's basic moves."""

from shared.texts.catalogue import Text

TEXTS = {
    "move.none": Text("无", "nothing"),
    "move.assess": Text("研判", "assess"),
    "move.accept": Text("接单", "accept"),
    "move.return": Text("退单", "return"),
    "move.progress": Text("登记进展", "record progress"),
    "move.reply": Text("答复客户", "reply"),
    "move.resolve": Text("办结", "resolve"),
    "move.follow-up": Text("回访", "follow up"),
    "move.agree": Text("约定时间", "agree a time"),
    "move.attribute": Text("归责", "attribute"),
    "move.set-limit": Text("设定时限", "set a limit"),
    "move.extend": Text("延期", "extend a limit"),
    "move.suspend": Text("暂停时限", "suspend limits"),
    "move.resume": Text("恢复时限", "resume limits"),
    "move.close": Text("关闭", "close"),
    "move.reopen": Text("重新打开", "reopen"),
    "move.link-back": Text("关联事项返回", "take back what was linked"),
}
