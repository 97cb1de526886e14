"""Dead letters: why a record could not be used, and what operations can do about it."""

from shared.texts.catalogue import Text

TEXTS = {
    "letter.malformed.message": Text("内容无法读取：{detail}", "The content cannot be read: {detail}"),
    "letter.malformed.remedy": Text(
        "请发送方以 UTF-8 编码的 JSON 对象重发，然后放弃此死信。",
        "Have the sender send a JSON object in UTF-8, then drop this letter.",
    ),
    "letter.invalid_field.message": Text("有内容不符合要求：{detail}", "Some fields are not valid: {detail}"),
    "letter.invalid_field.remedy": Text(
        "请发送方改正后以同一标识重发；一个项目可用的取值见 /intake/v1/projects/<项目>。若是组织目录或制度包缺少内容，"
        "补齐后重放此死信即可。",
        "Have the sender correct it and send it again under the same identity; /intake/v1/projects/<project> tells "
        "what a project takes. Where directory or pack lacked something, add it and replay this letter.",
    ),
    "letter.too_large.message": Text("内容过大。", "The content is too large."),
    "letter.too_large.remedy": Text(
        "请发送方缩短内容后重发，然后放弃此死信。",
        "Have the sender shorten it and send it again, then drop this letter.",
    ),
    "letter.idempotency_conflict.message": Text(
        "同一标识此前登记了不同内容的投诉：{detail}",
        "A complaint with the same identity and other content was registered before: {detail}",
    ),
    "letter.idempotency_conflict.remedy": Text(
        "若是另一件投诉，请以新的标识重发；若是更正，请使用该投诉的更正接口。",
        "If it is another complaint, send it under an identity of its own; if a correction, amend that complaint.",
    ),
    "letter.broken_header.message": Text(
        "标头为空、不是 UTF-8 或取值无法读取：{detail}", "A header is null, not UTF-8 or not readable: {detail}"
    ),
    "letter.broken_header.remedy": Text(
        "请发送方按 CloudEvents 1.0（Kafka binary 模式）填写该标头后重发。",
        "Have the sender fill that header as CloudEvents 1.0 (Kafka binary mode) demands and send again.",
    ),
    "letter.missing_header.message": Text("缺少标头：{detail}", "A header is missing: {detail}"),
    "letter.missing_header.remedy": Text(
        "请发送方按 CloudEvents 1.0（Kafka binary 模式）补齐标头后重发。",
        "Have the sender add it as CloudEvents 1.0 (Kafka binary mode) demands and send again.",
    ),
    "letter.no_key.message": Text("记录没有键：{detail}", "The record has no key: {detail}"),
    "letter.no_key.remedy": Text(
        "请发送方以投诉标识为键重发。", "Have the sender send it with the complaint id as key."
    ),
    "letter.wrong_key.message": Text("记录的键不符：{detail}", "The record has a wrong key: {detail}"),
    "letter.wrong_key.remedy": Text(
        "请发送方以 ce_subject 中的标识为键重发。", "Have the sender send it with the id of ce_subject as key."
    ),
    "letter.unknown_source.message": Text("来源不明：{detail}", "The source is unknown: {detail}"),
    "letter.unknown_source.remedy": Text(
        "只有本系统的服务可以写入此主题：请查明是谁写入的，收回其写权限，再放弃此死信。",
        "Only the services write to this topic: find out who did, take the permission back, then drop this letter.",
    ),
    "letter.unknown_type.message": Text("记录类型未知：{detail}", "The record's type is unknown: {detail}"),
    "letter.unknown_type.remedy": Text(
        "若写入的服务版本较新，请升级本服务后重放。", "If a newer service wrote it, upgrade this one and replay."
    ),
    "letter.no_value.message": Text("记录没有内容：{detail}", "The record has no value: {detail}"),
    "letter.no_value.remedy": Text("请发送方附上内容后重发。", "Have the sender send it with its value."),
    "letter.invalid_data.message": Text("内容不符合其类型：{detail}", "The data do not fit the type: {detail}"),
    "letter.invalid_data.remedy": Text(
        "请写入的服务改正后重发；或改正此处所列字段后重放。",
        "Have the writing service correct it and send again, or mend the fields named here and replay.",
    ),
    "letter.failed.message": Text("处理失败：{detail}", "Applying it failed: {detail}"),
    "letter.failed.remedy": Text(
        "原因在日志中；排除后重放此死信。", "The log says why; replay this letter once that is mended."
    ),
    "letter.other.message": Text("记录被拒绝：{detail}", "The record was refused: {detail}"),
    "letter.other.remedy": Text(
        "排除原因后重放，或请发送方改正后重发。",
        "Mend the cause and replay, or have the sender correct it and send again.",
    ),
}
