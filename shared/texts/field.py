"""What is wrong with one field, and what to do about it."""

from shared.texts.catalogue import Text

TEXTS = {
    "field.missing.message": Text("缺少必填内容。", "This is required."),
    "field.missing.remedy": Text("请填写此项。", "Add it."),
    "field.not_the_signer.message": Text(
        "您不担任此角色，不能代签。", "You do not hold this role and cannot sign for it."
    ),
    "field.not_the_signer.remedy": Text("请由担任此角色的人签署。", "Have somebody sign who holds it."),
    "field.no_graver_grade.message": Text("不能这样定级。", "The grade cannot be raised to this."),
    "field.no_graver_grade.remedy": Text(
        "只能升为本制度更重的等级，且制度允许人工升级。",
        "Give a graver grade of these rules, where they let a person raise it.",
    ),
    "field.unknown.message": Text("没有名为此的字段。", "There is no field of this name."),
    "field.unknown.remedy": Text("请删除，或核对字段名的拼写。", "Remove it, or check its spelling."),
    "field.not_text.message": Text("应为文本。", "This must be text."),
    "field.not_text.remedy": Text("请写成带引号的字符串。", "Write a string in quotation marks."),
    "field.not_a_number.message": Text("应为数字。", "This must be a number."),
    "field.not_a_number.remedy": Text("请写数字，不加引号。", "Write a number without quotation marks."),
    "field.not_whole.message": Text("应为整数。", "This must be a whole number."),
    "field.not_whole.remedy": Text(
        "请写不带小数的数字，不加引号；金额以分为单位。",
        "Write a number without decimals or quotation marks; money is in fen.",
    ),
    "field.not_boolean.message": Text("应为真或假。", "This must be true or false."),
    "field.not_boolean.remedy": Text("请写 true 或 false，不加引号。", "Write true or false without quotation marks."),
    "field.not_list.message": Text("应为列表。", "This must be a list."),
    "field.not_list.remedy": Text(
        "请写在方括号中，以逗号分隔。", "Write the items in square brackets, separated by commas."
    ),
    "field.not_object.message": Text("应为 JSON 对象。", "This must be a JSON object."),
    "field.not_object.remedy": Text(
        '请写在花括号中，形如 {{"名称": 值}}。', 'Write it in braces, as {{"name": value}}.'
    ),
    "field.not_null.message": Text("此处应为空。", "This must be null."),
    "field.not_null.remedy": Text("请写 null，或删除此项。", "Write null, or leave the field out."),
    "field.too_short.message": Text("太短：至少 {min} 个字符或项。", "Too short: at least {min} characters or items."),
    "field.too_short.remedy": Text("请补充内容。", "Add to it."),
    "field.too_long.message": Text("太长：至多 {max} 个字符或项。", "Too long: at most {max} characters or items."),
    "field.too_long.remedy": Text("请缩短内容。", "Shorten it."),
    "field.too_small.message": Text("太小：至少为 {min}。", "Too small: at least {min}."),
    "field.too_small.remedy": Text("请写不小于 {min} 的值。", "Give a value of {min} or more."),
    "field.not_above.message": Text("太小：须大于 {min}。", "Too small: it must be more than {min}."),
    "field.not_above.remedy": Text("请写大于 {min} 的值。", "Give a value above {min}."),
    "field.too_large.message": Text("太大：至多为 {max}。", "Too large: at most {max}."),
    "field.too_large.remedy": Text("请写不大于 {max} 的值。", "Give a value of {max} or less."),
    "field.not_below.message": Text("太大：须小于 {max}。", "Too large: it must be less than {max}."),
    "field.not_below.remedy": Text("请写小于 {max} 的值。", "Give a value below {max}."),
    "field.not_multiple.message": Text("应为 {of} 的整数倍。", "This must be a multiple of {of}."),
    "field.not_multiple.remedy": Text("请改为 {of} 的整数倍。", "Give a multiple of {of}."),
    "field.bad_format.message": Text("格式不符合要求。", "The format is not the expected one."),
    "field.bad_format.remedy": Text("请按格式 {pattern} 填写。", "Write it to match {pattern}."),
    "field.not_one_of.message": Text("不在允许的取值之内。", "This is none of the values allowed."),
    "field.not_one_of.remedy": Text("请从下列取值中选择：{expected}。", "Choose one of: {expected}."),
    "field.not_an_instant.message": Text("不是有效的时刻。", "This is no valid date and time."),
    "field.not_an_instant.remedy": Text(
        "请写带时区的时刻，例如 2026-11-20T09:00:00+08:00。",
        "Write a date and time with a zone, such as 2026-11-20T09:00:00+08:00.",
    ),
    "field.no_time_zone.message": Text("时刻缺少时区。", "The date and time lack a time zone."),
    "field.no_time_zone.remedy": Text(
        "请在末尾加上时区，例如 +08:00 或 Z。", "Add the zone at the end, such as +08:00 or Z."
    ),
    "field.not_a_date.message": Text("不是有效的日期。", "This is no valid date."),
    "field.not_a_date.remedy": Text("请写成 2026-11-20 的形式。", "Write it as 2026-11-20."),
    "field.not_a_uuid.message": Text("不是有效的标识。", "This is no valid identifier."),
    "field.not_a_uuid.remedy": Text(
        "请写 UUID，例如 6f0a3f4e-8c1e-5a53-9d0e-52a1d1c0a001。",
        "Write a UUID, such as 6f0a3f4e-8c1e-5a53-9d0e-52a1d1c0a001.",
    ),
    "field.control_character.message": Text("含有控制字符。", "This contains a control character."),
    "field.control_character.remedy": Text(
        "请删除不可见的控制字符；换行、回车和制表符可以保留。",
        "Remove the invisible control characters; line breaks and tabs may stay.",
    ),
    "field.number_out_of_range.message": Text(
        "数字过大，无法精确保存。", "The number is too large to be kept exactly."
    ),
    "field.number_out_of_range.remedy": Text(
        "请写绝对值不超过 9007199254740991 的数字。", "Give a number no further from zero than 9007199254740991."
    ),
    "field.impossible.message": Text("此值不可能成立。", "This value is not possible."),
    "field.impossible.remedy": Text("请核对后重新填写。", "Check it and write it again."),
    "field.json_syntax.message": Text(
        "第 {line} 行第 {column} 列不是有效的 JSON。", "This is no valid JSON at line {line}, column {column}."
    ),
    "field.json_syntax.remedy": Text(
        "请检查该处的引号、逗号和括号。", "Check the quotation marks, commas and brackets there."
    ),
    "field.json_not_finite.message": Text(
        "第 {line} 行第 {column} 列的 NaN 或 Infinity 不是 JSON。",
        "NaN or Infinity at line {line}, column {column} is not JSON.",
    ),
    "field.json_not_finite.remedy": Text("请写有限的数字或 null。", "Write a finite number or null."),
    "field.json_not_utf8.message": Text("第 {position} 个字节不是 UTF-8。", "Byte {position} is not UTF-8."),
    "field.json_not_utf8.remedy": Text("请以 UTF-8 编码发送。", "Send the text as UTF-8."),
    "field.json_surrogate.message": Text(
        "含有不成对的代理码位（\\ud800 至 \\udfff），不是文字。",
        "This contains half of a surrogate pair (\\ud800 to \\udfff), which is no character.",
    ),
    "field.json_surrogate.remedy": Text("请删除或写成完整的字符。", "Remove it or write the whole character."),
    "field.json_too_deep.message": Text("嵌套超过 {max} 层。", "This is nested more than {max} levels deep."),
    "field.json_too_deep.remedy": Text("请减少嵌套层数。", "Use fewer levels."),
}
