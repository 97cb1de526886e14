"""Words every page shows: navigation, sign-in, errors."""

from shared.texts.catalogue import Text

TEXTS = {
    "page.product": Text("回音", "Huiyin"),
    "page.motto": Text("事事有着落，件件有回音", "Every matter settled, every complaint answered"),
    "page.skip_to_content": Text("跳到正文", "Skip to content"),
    "page.navigation": Text("主导航", "Main navigation"),
    "page.nav.intake": Text("登记", "Register"),
    "page.nav.routing": Text("工单", "Cases"),
    "page.nav.sla": Text("时限", "Deadlines"),
    "page.nav.notify": Text("通知", "Notices"),
    "page.nav.reporting": Text("统计", "Figures"),
    "page.language.switch": Text("English", "中文"),
    "page.sign_in": Text("登录", "Sign in"),
    "page.sign_out": Text("退出", "Sign out"),
    "page.sign_in.token": Text("登录令牌", "Sign-in token"),
    "page.sign_in.hint": Text("令牌以 hys_ 开头，由管理员发放。", "The token starts with hys_; an operator issues it."),
    "page.sign_in.refused": Text(
        "令牌无效或已停用，请核对后重试。", "The token is not valid or was revoked. Check it and try again."
    ),
    "page.error.trace": Text("错误编号：{trace_id}", "Reference: {trace_id}"),
    "page.error.home": Text("返回首页", "Back to the start page"),
}
