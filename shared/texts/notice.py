"""Notices: title and text of each, and why one was not sent."""

from shared.texts.catalogue import Text

TEXTS = {
    "notice.acknowledgement.title": Text("已登记：{number}", "Registered: {number}"),
    "notice.acknowledgement.text": Text(
        "您就{project}反映的事项已登记，编号为 {number}。我们会尽快处理并答复您。",
        "Your complaint about {project} is registered under number {number}. We will look into it and answer you.",
    ),
    "notice.acknowledgement_promised.title": Text("已登记：{number}", "Registered: {number}"),
    "notice.acknowledgement_promised.text": Text(
        "您就{project}反映的事项已登记，编号为 {number}。我们将在 {due_at} 前答复您。",
        "Your complaint about {project} is registered under number {number}. You will have our answer by {due_at}.",
    ),
    "notice.reply.title": Text("答复：{number}", "Our answer: {number}"),
    "notice.reply.text": Text(
        "您就{project}反映的事项（编号 {number}），现答复如下：\n{words}",
        "This is our answer to your complaint {number} about {project}:\n{words}",
    ),
    "notice.delay.title": Text("进度说明：{number}", "About your complaint {number}"),
    "notice.delay.text": Text(
        "您就{project}反映的事项（编号 {number}）的“{clock}”时限为 {due_at}，我们正在加紧处理，请您谅解。",
        "“{clock}” of your complaint {number} about {project} was due at {due_at}. We are working on it and ask for "
        "your patience.",
    ),
    "notice.assignment.title": Text("新派单：{number}", "Assigned to you: {number}"),
    "notice.assignment.text": Text(
        "{project}的投诉 {number} 已派给您（{department}），请及时接单处理。",
        "Complaint {number} of {project} is assigned to you ({department}). Please accept it and see to it.",
    ),
    "notice.vacancy.title": Text("无人负责：{number}", "Nobody in charge: {number}"),
    "notice.vacancy.text": Text(
        "{project}的投诉 {number} 已派往{department}，但那里尚无人负责。请指定责任人。",
        "Complaint {number} of {project} went to {department}, where nobody is in charge yet. Please name somebody.",
    ),
    "notice.warning.title": Text("即将到期：{number}", "Due soon: {number}"),
    "notice.warning.text": Text(
        "{project}的投诉 {number}：“{clock}”时限将于 {due_at} 到期，请抓紧处理。（发给：{role}）",
        "Complaint {number} of {project}: “{clock}” is due at {due_at} and still open. (To: {role})",
    ),
    "notice.breach.title": Text("已逾期：{number}", "Overdue: {number}"),
    "notice.breach.text": Text(
        "{project}的投诉 {number}：“{clock}”时限已于 {due_at} 到期，尚未完成，请立即处理。（发给：{role}）",
        "Complaint {number} of {project}: “{clock}” was due at {due_at} and is not done. Please see to it at once. "
        "(To: {role})",
    ),
    "notice.slip.title": Text("{slip}（已逾期）：{number}", "{slip} (overdue): {number}"),
    "notice.slip.text": Text(
        "{project}的投诉 {number}：“{clock}”时限已于 {due_at} 到期，至今未完成。特发此{slip}，请立即办理，"
        "并说明逾期原因。（发给：{role}）",
        "Complaint {number} of {project}: “{clock}” was due at {due_at} and is not done. By this {slip} you are asked "
        "to see to it at once, and to say why it is late. (To: {role})",
    ),
    "notice.escalation.title": Text("逾期升级（第 {level} 级）：{number}", "Escalated to level {level}: {number}"),
    "notice.escalation.text": Text(
        "{project}的投诉 {number}：“{clock}”时限已于 {due_at} 到期，至今未完成，"
        "现升级至第 {level} 级，请督办。（发给：{role}）",
        "Complaint {number} of {project}: “{clock}” was due at {due_at} and is still not done. It has reached level "
        "{level}; please intervene. (To: {role})",
    ),
    "notice.correction.title": Text("更正：{number} 并未逾期", "Correction: {number} was not overdue"),
    "notice.correction.text": Text(
        "{project}的投诉 {number}：此前关于“{clock}”时限（{due_at}）逾期的通知有误。"
        "该事项已按时完成，只是记录到达较晚，特此更正。",
        "Complaint {number} of {project}: the notice that “{clock}”, due at {due_at}, was overdue was wrong. "
        "It was done in time; only the record came late.",
    ),
    "notice.correction_moved.title": Text("更正：{number} 的时限已调整", "Correction: {number} has another limit"),
    "notice.correction_moved.text": Text(
        "{project}的投诉 {number}：此前关于“{clock}”时限（{due_at}）逾期的通知不再适用，"
        "现时限为 {runs_until}，特此更正。",
        "Complaint {number} of {project}: the notice that “{clock}”, due at {due_at}, was overdue no longer holds. "
        "It is now due at {runs_until}.",
    ),
    "notice.duty_due.title": Text("待办——{duty}：{number}", "To do – {duty}: {number}"),
    "notice.duty_due.text": Text(
        "{project}：{duty}（{number}）开始，请办理。（发给：{role}）",
        "{project}: {duty} ({number}) is to be done. (To: {role})",
    ),
    "notice.duty_due_by.title": Text("待办——{duty}：{number}", "To do – {duty}: {number}"),
    "notice.duty_due_by.text": Text(
        "{project}：{duty}（{number}）请于 {due_at} 前办理。（发给：{role}）",
        "{project}: {duty} ({number}) is to be done by {due_at}. (To: {role})",
    ),
    "notice.duty_done.title": Text("已完成——{duty}：{number}", "Done – {duty}: {number}"),
    "notice.duty_done.text": Text(
        "{project}：{duty}（{number}）已完成。（发给：{role}）", "{project}: {duty} ({number}) is done. (To: {role})"
    ),
    "notice.duty_missed_by.title": Text("未按时——{duty}：{number}", "Not done in time – {duty}: {number}"),
    "notice.duty_missed_by.text": Text(
        "{project}：{duty}（{number}）应于 {due_at} 前办理，尚未完成。（发给：{role}）",
        "{project}: {duty} ({number}) was to be done by {due_at} and is not. (To: {role})",
    ),
    "notice.quota_missed.title": Text("份额未完成——{duty}：{number}", "Shares not met – {duty}: {number}"),
    "notice.quota_missed.text": Text(
        "{project}：{duty}（{number}）共 {over} 次，完成数低于应占份额的有：{behind}。（发给：{role}）",
        "{project}: {duty} ({number}), of {over} in all. Less than their share did: {behind}. (To: {role})",
    ),
    "notice.survey_below.title": Text("调查结果低于目标：{duty}（{number}）", "Below the target: {duty} ({number})"),
    "notice.survey_below.text": Text(
        "{project}：{duty}（{number}）已结束，满意率低于目标 {target} 的有：{about}。（发给：{role}）",
        "{project}: {duty} ({number}) is closed. Below the target of {target} lie: {about}. (To: {role})",
    ),
    "notice.survey_raised.title": Text("多户反映：{duty}（{number}）", "Commonly raised: {duty} ({number})"),
    "notice.survey_raised.text": Text(
        "{project}：{duty}（{number}）已结束，多户不满意的有：{raised}。（发给：{role}）",
        "{project}: {duty} ({number}) is closed. Many are dissatisfied with: {raised}. (To: {role})",
    ),
    "notice.survey_below_and_raised.title": Text(
        "调查结果低于目标：{duty}（{number}）", "Below the target: {duty} ({number})"
    ),
    "notice.survey_below_and_raised.text": Text(
        "{project}：{duty}（{number}）已结束，满意率低于目标 {target} 的有：{about}；"
        "多户不满意的有：{raised}。（发给：{role}）",
        "{project}: {duty} ({number}) is closed. Below the target of {target} lie: {about}. "
        "Many are dissatisfied with: {raised}. (To: {role})",
    ),
    "notice.improvement_due_by.title": Text("待改进——{duty}：{number}", "To improve – {duty}: {number}"),
    "notice.improvement_due_by.text": Text(
        "{project}：{duty}（{number}）结果不理想，请于 {due_at} 前改进：{about}。（发给：{role}）",
        "{project}: {duty} ({number}) found what has to be improved by {due_at}: {about}. (To: {role})",
    ),
    "notice.improvement_done.title": Text("已改进——{duty}：{number}", "Improved – {duty}: {number}"),
    "notice.improvement_done.text": Text(
        "{project}：{duty}（{number}）的改进已完成：{about}。（发给：{role}）",
        "{project}: what {duty} ({number}) called for is done: {about}. (To: {role})",
    ),
    "notice.improvement_missed_by.title": Text("未按时改进——{duty}：{number}", "Not improved – {duty}: {number}"),
    "notice.improvement_missed_by.text": Text(
        "{project}：{duty}（{number}）应于 {due_at} 前改进，尚未完成：{about}。（发给：{role}）",
        "{project}: what {duty} ({number}) called for was to be done by {due_at} and is not: {about}. (To: {role})",
    ),
    "notice.roster_gap.title": Text("无人值守：{roster}", "Nobody there: {roster}"),
    "notice.roster_gap.text": Text(
        "{project}：{roster}目前无人在岗。（发给：{role}）",
        "{project}: nobody is at the post of {roster}. (To: {role})",
    ),
    "notice.told.title": Text("通知——{event}：{number}", "Notice – {event}: {number}"),
    "notice.told.text": Text(
        "{project}的投诉 {number}：{event}。（发给：{role}）",
        "Complaint {number} of {project}: {event}. (To: {role})",
    ),
    "notice.told_confirm.title": Text("请确认——{event}：{number}", "Please confirm – {event}: {number}"),
    "notice.told_confirm.text": Text(
        "{project}的投诉 {number}：{event}。请确认已知悉。（发给：{role}）",
        "Complaint {number} of {project}: {event}. Please confirm that you know. (To: {role})",
    ),
    "notice.told_confirm_within.title": Text("请确认——{event}：{number}", "Please confirm – {event}: {number}"),
    "notice.told_confirm_within.text": Text(
        "{project}的投诉 {number}：{event}。请在{within}内确认已知悉。（发给：{role}）",
        "Complaint {number} of {project}: {event}. Please confirm within {within} that you know. (To: {role})",
    ),
    "notice.told_customer.title": Text("进度说明：{number}", "About your complaint {number}"),
    "notice.told_customer.text": Text(
        "您就{project}反映的事项（编号 {number}）有新进展：{event}。",
        "There is news about your complaint {number} about {project}: {event}.",
    ),
    "notice.pack.title": Text("通知：{notice}（{number}）", "Notice: {notice} ({number})"),
    "notice.pack.text": Text(
        "{project}的投诉 {number}：{notice}。\n{body}", "Complaint {number} of {project}: {notice}.\n{body}"
    ),
    "notice.mass.title": Text("{project}通知：{notice}", "{project}: notice of {notice}"),
    "notice.mass.text": Text("{project}的各位住户：{notice}。\n{body}", "To everybody at {project}: {notice}.\n{body}"),
    "notice.by_medium": Text("方式：{medium}", "To be given: {medium}"),
    "notice.acknowledge": Text("请收到后确认。", "Please acknowledge that you have read this."),
    "notice.reason.history": Text("历史数据，不发通知", "imported history: nobody is told"),
    "notice.reason.no_contact": Text("没有联系方式", "no contact data"),
    "notice.reason.nobody_in_role": Text("该角色无人担任", "nobody holds the role"),
    "notice.reason.revoked_before_sending": Text("发送前逾期已撤销", "the breach was revoked before it was sent"),
    "notice.reason.withdrawn": Text("投诉已撤回", "the complaint was withdrawn"),
    "notice.reason.erased": Text("个人信息已删除", "the personal data were erased"),
    "notice.reason.superseded": Text("已由更新的通知取代", "a newer notice took its place"),
    "notice.reason.not_rendered": Text("通知内容无法生成", "its text could not be made"),
    "notice.reason.not_written": Text("通知文件无法写入", "the file of notices could not be written"),
    "notice.reason.not_accepted": Text("对方未接受", "the receiving side did not accept it"),
    "notice.reason.timed_out": Text("对方未在限定时间内应答", "the receiving side did not answer in time"),
    "notice.reason.bad_address": Text("地址无法使用", "the address cannot be used"),
}
