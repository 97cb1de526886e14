"""What may be wrong with a field of a complaint."""

from shared.texts.catalogue import Text

TEXTS = {
    "field.misspelt.message": Text("没有名为此的字段。", "There is no field of this name."),
    "field.misspelt.remedy": Text("是否指 {meant}？", "Did you mean {meant}?"),
    "field.unknown_fact.message": Text("本项目的制度没有这项事实。", "The project's pack knows no such fact."),
    "field.unknown_fact.remedy": Text("可以填写：{expected}。", "It may be one of: {expected}."),
    "field.fact_not_given_here.message": Text(
        "这项事实不在登记时填写。", "This fact is not given when a complaint is registered."
    ),
    "field.fact_not_given_here.remedy": Text(
        "请删除；它由处理人员或组织资料给出。", "Remove it; staff or the directory give it."
    ),
    "field.not_one_of_meant.message": Text("不在允许的取值之内。", "This is none of the values allowed."),
    "field.not_one_of_meant.remedy": Text(
        "是否指 {meant}？允许的取值：{expected}。", "Did you mean {meant}? Allowed are: {expected}."
    ),
    "field.not_used_here.message": Text("本项目的制度不使用此项。", "The project's pack does not use this."),
    "field.not_used_here.remedy": Text("请删除此项。", "Leave it out."),
    "field.contradicts.message": Text("与 {other} 的内容不一致。", "This contradicts {other}."),
    "field.contradicts.remedy": Text("请只填一处，或填写相同的值。", "Give one of them, or the same value in both."),
    "field.no_identity.message": Text("缺少投诉的标识。", "The complaint has no identity."),
    "field.no_identity.remedy": Text(
        "请填写 source 和 source_id，或在 Idempotency-Key 标头中给出唯一的键。",
        "Give source and source_id, or a unique key in the Idempotency-Key header.",
    ),
    "field.other_than_key.message": Text("与记录的键不一致。", "This differs from the record's key."),
    "field.other_than_key.remedy": Text(
        "记录的键应为 source:source_id，与内容一致。", "The key of the record is source:source_id, as in its value."
    ),
    "field.unknown_project.message": Text("没有这个项目。", "There is no such project."),
    "field.unknown_project.remedy": Text(
        "请核对项目代码；新项目须先录入组织目录。", "Check the code; a new project must be in the directory first."
    ),
    "field.unknown_building.message": Text("该项目没有这栋楼。", "The project has no such building."),
    "field.unknown_building.remedy": Text(
        "请填写组织目录中该项目楼栋的代码，或删除此项。",
        "Give the code of a building of this project in the directory, or leave it out.",
    ),
    "field.no_pack.message": Text("该项目没有适用的制度包。", "No policy pack applies to this project."),
    "field.no_pack.remedy": Text(
        "请联系制度负责人发布制度包，并在组织目录中绑定。",
        "Ask the policy owner to publish a pack and bind it in the directory.",
    ),
    "field.no_calendar.message": Text("该项目没有适用的日历。", "No calendar applies to this project."),
    "field.no_calendar.remedy": Text(
        "请联系运维人员发布日历，并在组织目录中绑定。",
        "Ask operations to publish a calendar and bind it in the directory.",
    ),
    "field.too_early.message": Text("时间早于 {min}。", "This is before {min}."),
    "field.too_early.remedy": Text("请核对年份。", "Check the year."),
    "field.in_the_past.message": Text("此时间已过。", "This instant is over."),
    "field.in_the_past.remedy": Text("请写将来的时间。", "Give one that lies ahead."),
    "field.in_the_future.message": Text(
        "时间在未来：至多可以晚于现在 {minutes} 分钟。",
        "This lies in the future: it may be at most {minutes} minutes from now.",
    ),
    "field.in_the_future.remedy": Text(
        "请核对日期、时区和发送系统的时钟。", "Check the date, the time zone and the clock of the sending system."
    ),
    "field.after_receipt.message": Text(
        "发生时间晚于收到时间 {minutes} 分钟以上。",
        "This is more than {minutes} minutes after the complaint was received.",
    ),
    "field.after_receipt.remedy": Text("请核对 occurred_at 和 received_at。", "Check occurred_at and received_at."),
    "field.too_many_lines.message": Text("超过 {max} 行。", "There are more than {max} lines."),
    "field.too_many_lines.remedy": Text("请分几批发送。", "Send them in several batches."),
    "field.empty_survey.message": Text("问卷没有任何回答。", "The survey answers nothing."),
    "field.empty_survey.remedy": Text(
        "请填写 stars、really_fixed 或 text 中的至少一项。", "Give at least one of stars, really_fixed and text."
    ),
    "field.empty_amendment.message": Text("没有要更正的内容。", "There is nothing to amend."),
    "field.empty_amendment.remedy": Text("请填写 facts 或 narrative。", "Give facts or narrative."),
    "field.only_special.message": Text("该调查没有固定周期。", "This survey has no rounds by the calendar."),
    "field.only_special.remedy": Text("请将 special 设为 true。", "Set special to true."),
    "field.not_drawn.message": Text("该户不在本次调查的样本中。", "This household is not in the survey's sample."),
    "field.not_drawn.remedy": Text(
        "请核对房号；样本见该调查的 households。", "Check the unit; the sample is listed under the survey's households."
    ),
}
