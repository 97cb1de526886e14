"""Words of the command line."""

from shared.texts.catalogue import Text

TEXTS = {
    "console.no_token": Text(
        "没有 {role} 角色的令牌：请设置 HUIYIN_TOKEN，或在含有 keys.json 的 HUIYIN_HOME 下运行。",
        "No token for the role {role}: set HUIYIN_TOKEN, or HUIYIN_HOME to the directory that holds keys.json.",
    ),
    "console.no_key": Text(
        "没有可为项目 {project} 报送投诉的密钥：请设置 HUIYIN_TOKEN，或检查 keys.json。",
        "No key may feed project {project}: set HUIYIN_TOKEN, or look into keys.json.",
    ),
    "console.unreachable": Text(
        "{url} 没有应答（{reason}）。系统在运行吗？用 make run 启动，或设置 HUIYIN_URL。",
        "{url} does not answer ({reason}). Is the system running? Start it with make run, or set HUIYIN_URL.",
    ),
    "console.not_ready": Text(
        "{url} 尚未就绪，请稍后再试；原因见 {url}/readyz。",
        "{url} is not ready; {url}/readyz says why. Try again soon.",
    ),
    "console.refused": Text("被拒绝：{problem}", "Refused: {problem}"),
    "console.bad_mapping": Text(
        "--map {given} 无效：应写成 字段=列名，例如 narrative=内容。",
        "--map {given} is not valid: write field=column, e.g. narrative=content.",
    ),
    "console.unknown_format": Text(
        "{file} 的格式未知：支持 .csv .jsonl .ndjson .xlsx，均可加 .gz。",
        "{file} has an unknown format: .csv, .jsonl, .ndjson and .xlsx are read, each also with .gz.",
    ),
    "console.unreadable_file": Text("无法读取 {file}：{reason}。", "{file} cannot be read: {reason}."),
    "console.imported": Text(
        "读取 {read} 行：新建 {created}，已存在 {existing}，拒绝 {refused}。",
        "{read} lines read: {created} created, {existing} there before, {refused} refused.",
    ),
    "console.refused_lines": Text("被拒绝的行及原因见 {file}。", "The refused lines, with reasons, are in {file}."),
    "console.refused_unwritable": Text(
        "{file} 不能写入被拒绝的行（{reason}）：请用 --refused 指定另一个文件，或换到可写的目录。尚未导入任何内容。",
        "Refused lines cannot be written to {file} ({reason}): name another file with --refused, or change to a folder "
        "you may write to. Nothing was imported.",
    ),
    "console.refused_is_import": Text(
        "{file} 就是要导入的文件：请用 --refused 指定另一个文件。",
        "{file} is the file to import: name another one with --refused.",
    ),
    "console.line.archive_damaged": Text(
        "压缩文件在此处损坏或不完整；修复后可再次导入，已导入的不会重复。",
        "The archive is damaged or cut off here; import it again when mended, nothing is doubled.",
    ),
    "console.line.not_json": Text("这一行不是完整的 JSON。", "This line is not complete JSON."),
    "console.line.not_an_object": Text("这一行不是 JSON 对象。", "This line is not a JSON object."),
    "console.line.not_utf8": Text("从这一行起不是 UTF-8 编码。", "From this line on the file is not UTF-8."),
    "console.line.not_csv": Text("这一行不是有效的 CSV。", "This line is not valid CSV."),
    "console.line.wrong_number_of_columns": Text(
        "列数与表头不符。", "The number of columns differs from the header's."
    ),
    "console.line.not_xlsx": Text("文件不是有效的 XLSX。", "The file is not valid XLSX."),
    "console.line.no_time": Text(
        "{value} 不是时间：应写成 2026-11-20 09:00:00。", "{value} is no time: write 2026-11-20 09:00:00."
    ),
    "console.bad_mode": Text("--mode {given} 无效：应为 live 或 history。", "--mode {given}: write live or history."),
    "console.no_service": Text("没有服务 {given}：应为 {services}。", "There is no service {given}: {services}."),
    "console.cannot_listen": Text(
        "端口 {port} 无法使用：{reason}。请关闭占用者或设置 HUIYIN_PORT。",
        "Port {port} cannot be used: {reason}. Stop whoever has it, or set HUIYIN_PORT.",
    ),
    "console.not_json": Text("--data 不是 JSON 对象。", "--data is not JSON."),
    "console.bad_place": Text(
        "{given} 不是完整的位置：请照 list 命令列出的写法。",
        "{given} is no place: write it as the list command shows it.",
    ),
    "console.pack_clean": Text("{file} 没有问题。", "{file} is clean."),
    "console.loaded": Text("{file} 已载入。", "{file} is loaded."),
    "console.trying": Text("试算在办案件", "Trying it on open cases"),
    "console.tried": Text(
        "试算 {calendar}：在办案件 {open_cases} 件，未作任何改动。",
        "{calendar} tried on {open_cases} open cases; nothing was changed.",
    ),
    "console.nothing_moves": Text("没有案件的时限会改变。", "No limit of any case would move."),
    "console.more_rows": Text(
        "每张表只列出前 {shown} 项；--json 列出更多。", "A table lists the first {shown}; --json lists more."
    ),
    "console.moving": Text("变更在办案件适用的制度", "Moving open cases"),
    "console.rules_tried": Text(
        "试算 {pack} 第 {version} 版：{moved} 件在办案件将改用该版本，{stayed} 件不变；未作任何改动。",
        "Version {version} of {pack} tried: {moved} open cases would go under it, {stayed} stay; nothing was changed.",
    ),
    "console.rules_applied": Text(
        "{pack} 第 {version} 版：{moved} 件在办案件已改用该版本，{stayed} 件不变。",
        "Version {version} of {pack}: {moved} open cases went under it, {stayed} stayed.",
    ),
    "console.column.begun": Text("新增时限", "begun"),
    "console.column.cancelled": Text("取消时限", "cancelled"),
    "console.column.number": Text("编号", "number"),
    "console.column.old_grade": Text("原等级", "grade now"),
    "console.column.new_grade": Text("新等级", "grade then"),
    "console.column.stays": Text("不变的原因", "why it stays"),
    "console.column.project": Text("项目", "project"),
    "console.column.newly_breached": Text("将超时", "newly breached"),
    "console.column.relieved": Text("不再超时", "relieved"),
    "console.column.earlier": Text("提前", "earlier"),
    "console.column.later": Text("延后", "later"),
    "console.column.effect": Text("影响", "effect"),
    "console.column.case": Text("案件", "case"),
    "console.column.clock": Text("时限", "clock"),
    "console.column.old_due": Text("原到期", "due now"),
    "console.column.new_due": Text("新到期", "due then"),
    "console.key_for_whom": Text(
        "请给出 --source（系统密钥）或 --person（员工令牌）之一。",
        "Give either --source, for a system's key, or --person, for a token of staff.",
    ),
    "console.broker_unreachable": Text(
        "Kafka {bootstrap} 没有应答（{reason}）。", "Kafka at {bootstrap} does not answer ({reason})."
    ),
    "console.no_topic": Text(
        "没有主题 {topic}；用 huiyin topics 查看。", "There is no topic {topic}; see huiyin topics."
    ),
}
