"""Problems of calendars."""

from shared.texts.catalogue import Text

TEXTS = {
    "problem.calendar_invalid.title": Text("日历不能使用", "The calendar cannot be used"),
    "problem.calendar_invalid.detail": Text(
        "日历中有 {count} 处问题，未发布。请按 errors 中各处的行列改正后重新发布。",
        "The calendar has {count} problem(s) and was not published. "
        "Correct the lines and columns named under errors and publish it again.",
    ),
    "problem.calendar_version_taken.title": Text("此日历版本已发布", "This calendar version is published"),
    "problem.calendar_version_taken.detail": Text(
        "{calendar} 已以其他内容发布，已发布的版本不能更改。请以版本 {next} 发布新内容。",
        "{calendar} was published with other content, and a published version never changes. "
        "Publish the new content as version {next}.",
    ),
}
