"""Problems over HTTP: a title for the kind, a detail for this occurrence."""

from shared.texts.catalogue import Text

TEXTS = {
    "problem.malformed.title": Text("请求无法读取", "The request cannot be read"),
    "problem.malformed.detail": Text(
        "请求内容格式有误，服务未作任何处理。请按所列位置改正后重新发送。",
        "The request is not well formed and nothing was done. Correct the place named and send it again.",
    ),
    "problem.unauthenticated.title": Text("需要登录", "Sign-in is needed"),
    "problem.unauthenticated.detail": Text(
        "没有有效的密钥或登录信息。请在 Authorization 标头中以 Bearer 方式提供密钥，或在浏览器中重新登录。",
        "No valid key or session came with the request. "
        "Send a key as “Authorization: Bearer …”, or sign in again in the browser.",
    ),
    "problem.out_of_scope.title": Text("无权进行此操作", "Not permitted"),
    "problem.out_of_scope.detail": Text(
        "您的角色或所辖组织范围不允许此操作。如确有需要，请联系管理员调整权限。",
        "Your role, or the part of the organisation you answer for, does not allow this. "
        "Ask an operator if you need it.",
    ),
    "problem.cross_site_request.title": Text("拒绝来自其他网站的请求", "Requests from other sites are refused"),
    "problem.cross_site_request.detail": Text(
        "以浏览器登录身份进行的改动只能从本系统的页面发出。请打开本系统页面后重试；程序请改用密钥。",
        "A change made with a browser session must come from this system's own pages. "
        "Open the page and try again; programs use a key.",
    ),
    "problem.not_found.title": Text("没有找到", "Not found"),
    "problem.not_found.detail": Text(
        "没有找到所请求的{kind:thing}。请核对编号或地址。",
        "The {kind:thing} asked for does not exist. Check its number or the address.",
    ),
    "problem.method_not_allowed.title": Text("此地址不支持该方法", "This address does not support the method"),
    "problem.method_not_allowed.detail": Text(
        "请使用 Allow 标头中列出的方法。",
        "Use one of the methods named in the Allow header.",
    ),
    "problem.idempotency_conflict.title": Text("同一标识对应了不同内容", "The same identity with other content"),
    "problem.idempotency_conflict.detail": Text(
        "此标识此前已用于不同的内容，原记录未被改动。若是新的事项，请换用新的标识；若要补充，请使用更正接口。",
        "This identity was used before with other content; the earlier record is unchanged. "
        "Use a new identity for a new matter, or an amendment to add to the earlier one.",
    ),
    "problem.version_conflict.title": Text("内容已被他人更新", "Changed by someone else"),
    "problem.version_conflict.detail": Text(
        "您依据的是版本 {expected}，现为版本 {found}。请重新打开后再操作。",
        "You worked from version {expected}; it is now version {found}. Read it again, then repeat your change.",
    ),
    "problem.move_not_allowed.title": Text("当前状态不允许此操作", "Not allowed in the present state"),
    "problem.move_not_allowed.detail": Text(
        "工单当前状态为“{state:state}”，现在可以进行的操作：{allowed:move}。",
        "The case is “{state:state}”. What can be done now: {allowed:move}.",
    ),
    "problem.move_forbidden.title": Text("本制度不允许此操作", "These rules forbid it"),
    "problem.move_forbidden.detail": Text(
        "{why}。请先满足其条件，或由有权者进行。",
        "{why}. Fulfil that first, or leave it to whoever may do it.",
    ),
    "problem.move_requires.title": Text("此操作尚缺必备内容", "Something is missing that these rules require"),
    "problem.move_requires.detail": Text(
        "{why}。缺少：{needs}。请先补充，再进行此操作。",
        "{why}. Missing: {needs}. Supply it first, then repeat the move.",
    ),
    "problem.act_not_allowed.title": Text("此步骤现在不能这样做", "The step does not permit that now"),
    "problem.act_not_allowed.detail": Text(
        "步骤 {step} 现在可以：{allowed:act}。", "The step {step} permits now: {allowed:act}."
    ),
    "problem.step_waits.title": Text("此步骤尚有未完成的前提", "The step waits for something else"),
    "problem.step_waits.detail": Text(
        "步骤 {step} 须先有：{needs}。请完成后再试。",
        "Before the step {step} is done there must be: {needs}.",
    ),
    "problem.nothing_to_attribute.title": Text("没有可归责的事项", "Nothing to attribute"),
    "problem.nothing_to_attribute.detail": Text(
        "该归责的条件不成立。请先补充所需事实，再记录归责。",
        "The condition of this attribution does not hold. Give the facts it asks for first, then record it.",
    ),
    "problem.no_more_extensions.title": Text("不能再延期", "No further extension"),
    "problem.no_more_extensions.detail": Text(
        "此时限最多可延期 {max} 次，已用完。", "This limit may be extended {max} times, and has been."
    ),
    "problem.away_already.title": Text("您已登记离岗", "You are away already"),
    "problem.away_already.detail": Text("返岗后再登记下一次离岗。", "Be back before you leave again."),
    "problem.not_away.title": Text("您没有登记离岗", "You are not away"),
    "problem.not_away.detail": Text("没有可以结束的离岗登记。", "There is no absence to end."),
    "problem.duty_done.title": Text("此事项已完成", "The duty is done already"),
    "problem.duty_done.detail": Text(
        "本期已登记完成，不必重复。", "It is on record as done for this period; nothing more is to do."
    ),
    "problem.duty_by_survey.title": Text("此事项随调查结束而完成", "A survey ends this duty"),
    "problem.duty_by_survey.detail": Text(
        "满意度调查不能直接登记完成：请在 /intake/v1/surveys 开启并结束本期调查。",
        "A survey is not marked as done by hand: open the round under /intake/v1/surveys and close it there.",
    ),
    "problem.form_not_so.title": Text("此表单没有这一步", "The form does not take that"),
    "problem.form_not_so.detail": Text("表单 {form} 可以：{allowed:mark}。", "The form {form} takes: {allowed:mark}."),
    "problem.case_parked.title": Text("工单暂停处理", "The case is parked"),
    "problem.case_parked.detail": Text(
        "此工单的一条事件处理失败，后续操作须等待运维人员排除。其他工单不受影响。",
        "An event of this case could not be processed; moves must wait until operations have dealt with it. "
        "Other cases go on.",
    ),
    "problem.too_large.title": Text("请求内容过大", "The request is too large"),
    "problem.too_large.detail": Text(
        "内容不得超过 {limit} 字节。请分批发送或缩短内容。",
        "The body may have at most {limit} bytes. Send it in parts or shorten it.",
    ),
    "problem.unsupported_media_type.title": Text("不支持此内容类型", "This content type is not supported"),
    "problem.unsupported_media_type.detail": Text(
        "请以 UTF-8 编码、不经压缩发送，并在 Content-Type 中写明：{accepted}。",
        "Send UTF-8, not compressed, with Content-Type: {accepted}.",
    ),
    "problem.invalid_field.title": Text("有内容不符合要求", "Some fields are not valid"),
    "problem.invalid_field.detail": Text(
        "有 {count} 处内容不符合要求，服务未作任何改动。请按 errors 中的说明改正。",
        "{count} field(s) are not valid and nothing was changed. The remedies are listed under errors.",
    ),
    "problem.unavailable.title": Text("服务暂时不可用", "Temporarily unavailable"),
    "problem.unavailable.detail": Text(
        "系统暂时无法处理。请在 {retry_after} 秒后重试；带上同一标识重试不会产生重复。",
        "The request cannot be handled at the moment. Try again after {retry_after} seconds; "
        "a retry with the same identity creates nothing twice.",
    ),
    "problem.internal_error.title": Text("系统内部错误", "Internal error"),
    "problem.internal_error.detail": Text(
        "发生了未预料的错误，已记录。请稍后重试；如仍出现，请把 trace_id 告知运维人员。",
        "Something unexpected happened and was recorded. "
        "Try again later; if it persists, give operations the trace_id.",
    ),
    "problem.refused.title": Text("请求被拒绝", "The request was refused"),
    "problem.refused.detail": Text(
        "请求未被接受。请核对请求内容。", "The request was not accepted. Check what was sent."
    ),
}
