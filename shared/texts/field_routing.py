"""What may be wrong with a move, a key or an uploaded document."""

from shared.texts.catalogue import Text

TEXTS = {
    "field.nothing_assessed.message": Text("没有要研判的内容。", "There is nothing to assess."),
    "field.nothing_assessed.remedy": Text(
        "请填写 validity、category 或 facts 中的至少一项。", "Give at least one of validity, category and facts."
    ),
    "field.fact_not_decided.message": Text("这项事实不由处理人员填写。", "This fact is not for staff to give."),
    "field.fact_not_decided.remedy": Text(
        "请删除；它由其他事实推出或来自组织资料。", "Remove it; it follows from others or from the directory."
    ),
    "field.person_unknown.message": Text(
        "此人不存在、已停用，或不负责该项目。", "This person is unknown, inactive, or has no post for the project."
    ),
    "field.person_unknown.remedy": Text(
        "请填写在该项目或其上级任职的人员编号。", "Give the id of somebody with a post at the project or above it."
    ),
    "field.person_accused.message": Text("此人是被投诉人，须回避。", "The complaint is about this person."),
    "field.person_accused.remedy": Text("请改派他人。", "Give the case to somebody else."),
    "field.no_route.message": Text("制度未给出应派往的部门。", "The pack's routes lead nowhere for this case."),
    "field.no_route.remedy": Text("请指定部门。", "Name a department."),
    "field.no_such_node.message": Text("没有这个组织节点。", "There is no such node of the organisation."),
    "field.no_such_node.remedy": Text(
        "请核对代码；新节点须先录入组织目录。", "Check the code; new nodes go into the directory first."
    ),
    "field.finding.message": Text("第 {line} 行第 {column} 列：{words}", "Line {line}, column {column}: {words}"),
    "field.finding.remedy": Text("请改正后重新上传。", "Correct it and upload it again."),
    "field.finding_unplaced.message": Text("内容有误：{words}", "This is wrong: {words}"),
    "field.finding_unplaced.remedy": Text("请改正后重新上传。", "Correct it and upload it again."),
}
