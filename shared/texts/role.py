"""The roles of the organisation."""

from shared.texts.catalogue import Text

TEXTS = {
    "role.front_desk": Text("前台", "front desk"),
    "role.handler": Text("经办人", "handler"),
    "role.customer_service_head": Text("客服主管", "head of customer service"),
    "role.regional_leader": Text("区域负责人", "regional leader"),
    "role.auditor": Text("审计员", "auditor"),
    "role.operator": Text("运维人员", "operator"),
    "role.system": Text("业务系统", "connected system"),
}
