"""Why a case stays under the version of its pack that governs it."""

from shared.texts.catalogue import Text

TEXTS = {
    "obstacle.not_in_force": Text("该版本尚未生效", "the version is not in force yet"),
    "obstacle.work": Text("新版本没有步骤“{name}”", "the version has no step {name}"),
    "obstacle.part": Text(
        "新版本的“{name}”各环节不同，须先办完", "the parts of {name} differ; it has to be finished first"
    ),
    "obstacle.department": Text("新版本没有部门“{name}”", "the version has no department {name}"),
    "obstacle.keeper": Text("新版本没有角色“{name}”", "the version has no role {name}"),
    "obstacle.category": Text("新版本没有类别“{name}”", "the version has no category {name}"),
    "obstacle.validity": Text("新版本没有有效性“{name}”", "the version has no validity {name}"),
    "obstacle.contact_type": Text("新版本没有来电类型“{name}”", "the version has no contact type {name}"),
    "obstacle.fact": Text("新版本不接受事实“{name}”的现值", "the version does not take the value of {name}"),
    "obstacle.parked": Text("案件的事件有待运维处理", "events of the case wait for operations"),
}
