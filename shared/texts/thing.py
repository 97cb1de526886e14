"""What things are called: the nouns that problems and pages name."""

from shared.texts.catalogue import Text

TEXTS = {
    "thing.complaint": Text("投诉", "complaint"),
    "thing.case": Text("工单", "case"),
    "thing.clock": Text("时限", "clock"),
    "thing.duty": Text("定期事项", "duty"),
    "thing.roster": Text("值班表", "roster"),
    "thing.notice": Text("通知", "notice"),
    "thing.incident": Text("群诉事件", "incident"),
    "thing.project": Text("项目", "project"),
    "thing.node": Text("组织节点", "organisation node"),
    "thing.person": Text("人员", "person"),
    "thing.department": Text("部门", "department"),
    "thing.pack": Text("制度包", "policy pack"),
    "thing.calendar": Text("日历", "calendar"),
    "thing.key": Text("密钥", "key"),
    "thing.held_event": Text("暂存事件", "held event"),
    "thing.dead_letter": Text("死信", "dead letter"),
    "thing.survey": Text("满意度调查", "survey"),
    "thing.report": Text("报表", "report"),
    "thing.page": Text("页面", "page"),
}
