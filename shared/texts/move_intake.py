"""What can be done with a complaint at the register."""

from shared.texts.catalogue import Text

TEXTS = {
    "move.answer": Text("回应答复", "answer a reply"),
    "move.say": Text("补充说明", "add what the customer says"),
    "move.amend": Text("更正", "amend"),
    "move.withdraw": Text("撤回", "withdraw"),
    "move.erase": Text("删除个人信息", "erase what is personal"),
    "move.read_text": Text("查看内容", "read its text"),
}
