"""What may be wrong with a document of the organisation."""

from shared.texts.catalogue import Text

TEXTS = {
    "directory.node_twice": Text(
        "代码 {given} 出现两次；每个节点的代码须唯一。", "The code {given} stands twice; give every node its own."
    ),
    "directory.person_twice": Text(
        "人员编号 {given} 出现两次；请合并或更换编号。", "The person {given} stands twice; merge them or change one id."
    ),
    "directory.node_misspelt": Text(
        "没有节点 {given}；是否指 {meant}？", "There is no node {given}; did you mean {meant}?"
    ),
    "directory.node_unknown": Text(
        "没有节点 {given}；请先在 nodes 中写出它，已有：{known}。",
        "There is no node {given}; write it under nodes first. There are: {known}.",
    ),
    "directory.role_misspelt": Text(
        "没有角色 {given}；是否指 {meant}？", "There is no role {given}; did you mean {meant}?"
    ),
    "directory.role_unknown": Text(
        "没有角色 {given}；可用：{known}。", "There is no role {given}; possible are: {known}."
    ),
    "directory.department_misspelt": Text(
        "没有部门 {given}；是否指 {meant}？", "There is no department {given}; did you mean {meant}?"
    ),
    "directory.department_unknown": Text(
        "没有部门 {given}；可用：{known}。", "There is no department {given}; possible are: {known}."
    ),
    "directory.wrong_parent": Text(
        "这类节点（{kind}）的上级应为：{above}。", "A {kind} stands below: {above}. Correct its parent."
    ),
    "directory.circle": Text(
        "节点 {given} 的上级关系成环；请改正 parent。", "The parents of {given} form a circle; correct one of them."
    ),
    "directory.zone": Text(
        "没有这个时区；请写 Asia/Shanghai 这样的名称。", "There is no such time zone; write a name like Asia/Shanghai."
    ),
    "directory.no_handover": Text(
        "只有楼栋才有集中交付日；请删除或改到楼栋。", "Only a building has a handover; remove it or move it to one."
    ),
}
