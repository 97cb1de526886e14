"""Words of figures and of the start page."""

from shared.texts.catalogue import Text

TEXTS = {
    "figures.title": Text("投诉概况", "Complaints at a glance"),
    "figures.as_of": Text("截至 {at}", "As of {at}"),
    "figures.registered": Text("已登记", "Registered"),
    "figures.backlog": Text("未办结", "Backlog"),
    "figures.overdue": Text("已超时", "Overdue"),
    "figures.overdue_ratio": Text("超时率", "Overdue share"),
    "figures.closed": Text("已关闭", "Closed"),
    "figures.by_project": Text("各项目", "By project"),
    "figures.project": Text("项目", "Project"),
    "figures.picture": Text("未办结与超时", "Backlog and overdue"),
    "figures.nothing": Text("还没有投诉。", "No complaints yet."),
    "figures.apis": Text("接口", "Interfaces"),
    "figures.readiness": Text("就绪状态", "Readiness"),
}
