"""What is wrong with a place in a calendar; the words come from the calendar's own list of problems."""

from shared.texts.catalogue import Text

TEXTS = {
    "field.calendar_problem.message": Text("日历此处有误：{words}。", "Wrong in the calendar: {words}."),
    "field.calendar_problem.remedy": Text(
        "请改正此处后重新发布。", "Correct this place and publish the calendar again."
    ),
}
