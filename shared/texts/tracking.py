"""What the customer is told of a complaint's way."""

from shared.texts.catalogue import Text

TEXTS = {
    "tracking.registered": Text("您的投诉已登记。", "Your complaint was registered."),
    "tracking.admitted": Text("您的投诉已受理。", "Your complaint was admitted."),
    "tracking.assigned": Text("您的投诉已转交责任部门。", "Your complaint was passed to the department responsible."),
    "tracking.accepted": Text("已有专人负责您的投诉。", "Somebody is now in charge of your complaint."),
    "tracking.in_progress": Text("您的投诉处理有新进展。", "There is progress with your complaint."),
    "tracking.replied": Text("我们已答复您的投诉。", "We replied to your complaint."),
    "tracking.resolved": Text("您投诉的事项已处理完毕。", "The matter of your complaint was dealt with."),
    "tracking.closed": Text("您的投诉已办结关闭。", "Your complaint was closed."),
    "tracking.reopened": Text("您的投诉已重新打开。", "Your complaint was opened again."),
    "tracking.responded": Text("已记录您的意见。", "What you said was recorded."),
    "tracking.amended": Text("投诉内容已更正。", "Your complaint was amended."),
    "tracking.withdrawn": Text("您已撤回投诉。", "You took your complaint back."),
    "tracking.erased": Text("您的个人信息已删除。", "Your personal data were erased."),
}
