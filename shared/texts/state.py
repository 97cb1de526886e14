"""Where a case or a clock stands."""

from shared.texts.catalogue import Text

TEXTS = {
    "state.registered": Text("已登记", "registered"),
    "state.admitted": Text("已受理", "admitted"),
    "state.assessed": Text("已研判", "assessed"),
    "state.assigned": Text("已派单", "assigned"),
    "state.accepted": Text("已接单", "accepted"),
    "state.in_progress": Text("处理中", "in progress"),
    "state.returned": Text("已退单", "returned"),
    "state.replied": Text("已答复", "replied"),
    "state.resolved": Text("已办结", "resolved"),
    "state.followed_up": Text("已回访", "followed up"),
    "state.closed": Text("已关闭", "closed"),
    "state.reopened": Text("已重开", "reopened"),
    "state.refused": Text("不予受理", "refused"),
    "state.withdrawn": Text("已撤回", "withdrawn"),
    "state.suspended": Text("已挂起", "suspended"),
    "state.erased": Text("个人信息已删除", "erased"),
    "state.running": Text("计时中", "running"),
    "state.paused": Text("已暂停", "paused"),
    "state.met": Text("按时完成", "met"),
    "state.breached": Text("已超时", "breached"),
    "state.cancelled": Text("已取消", "cancelled"),
}
