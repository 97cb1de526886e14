"""What can be wrong with a calendar: codes and parameters travel, words are made where they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.texts.catalogue import Language

# code: (Chinese, English); each says what is wrong and what to do.
_WORDS: dict[str, tuple[str, str]] = {
    "alias": (
        "不能使用 YAML 锚点和引用；请把内容直接写出来",
        "YAML anchors and aliases are not read; write the value out",
    ),
    "base_unknown": (
        "没有日历 {base} 可供继承；请先加载它，或改正 extends",
        "there is no calendar {base} to extend; load it first or correct extends",
    ),
    "date_far": (
        "{value} 不在 1970 年至 2199 年之间；请核对年份",
        "{value} is outside the years 1970 to 2199; check the year",
    ),
    "field_missing": ("缺少 {field}；请补写", "{field} is missing; add it"),
    "field_twice": ("{field} 写了两次；请删去一处", "{field} stands twice; delete one of them"),
    "field_unknown": ("没有 {field} 这一项；可写：{known}", "there is no {field}; possible: {known}"),
    "holiday_and_working_day": (
        "{date} 同时是节假日和调休上班日；请只保留一种",
        "{date} is both a holiday and a working day; keep one of them",
    ),
    "hours_overlap": ("{first} 与 {second} 重叠；请合并或错开", "{first} and {second} overlap; join or part them"),
    "hours_wrong": (
        "{value} 不是时段；请写成 09:00-12:00、22:00-06:00 或 00:00-24:00",
        "{value} are no hours; write 09:00-12:00, 22:00-06:00 or 00:00-24:00",
    ),
    "known_until_missing": (
        "写了节假日就要写 known_until：节假日已公布到哪一天",
        "a calendar with holidays needs known_until: the last date for which they are announced",
    ),
    "not_a_code": (
        "{value} 不是代码；请用小写字母开头，只含小写字母、数字和连字符",
        "{value} is no code; start with a lower-case letter and use lower-case letters, digits and hyphens",
    ),
    "not_a_date": ("{value} 不是日期；请写成 2026-10-01", "{value} is no date; write 2026-10-01"),
    "not_a_list": ('这里应是列表，例如 ["09:00-12:00"]', 'a list is wanted here, e.g. ["09:00-12:00"]'),
    "not_a_mapping": ("这里应是“名称: 值”的形式", "entries of the form `name: value` are wanted here"),
    "not_a_number": ("{value} 不是 1 到 1000000 的整数", "{value} is no whole number from 1 to 1000000"),
    "not_text": ("这里应是一段文字，长 1 至 {max} 字", "a text of 1 to {max} characters is wanted here"),
    "nothing_to_remove": (
        "{base} 在 {date} 没有可去掉的内容；请核对日期",
        "{base} has nothing on {date} to take away; check the date",
    ),
    "override_of_itself": ("日历不能继承自己；请改正 extends", "a calendar cannot extend itself; correct extends"),
    "too_large": ("文件超过 {max} 字节；一份日历不会这么大", "the file exceeds {max} bytes; no calendar is that large"),
    "value_wrong": (
        "{value} 在这里不能用；请对照说明改正",
        "{value} cannot stand here; see the description of this field",
    ),
    "week_empty": ("一周内没有任何办公时段；请至少写一个", "the week has no office hours; write at least one interval"),
    "yaml_unreadable": ("不是可读的 YAML：{reason}", "this is no readable YAML: {reason}"),
    "zone_unknown": (
        "没有时区 {value}；请写 Asia/Shanghai 这样的名称",
        "no time zone {value}; write a name like Asia/Shanghai",
    ),
}


@dataclass(frozen=True, slots=True)
class CalendarProblem:
    """One thing wrong: `path` leads to it (`("week", "mon", "0")`), line and column count from 1."""

    code: str
    path: tuple[str, ...] = ()
    line: int = 1
    column: int = 1
    params: Mapping[str, str | int] = field(default_factory=dict)

    def words(self, language: Language) -> str:
        """`line 7, column 9, week.mon.0: 9-12 are no hours; write …`."""
        zh, en = _WORDS[self.code]
        where = ".".join(self.path)
        if language == "zh":
            return f"第 {self.line} 行第 {self.column} 列{'，' + where if where else ''}：{zh.format(**self.params)}"
        return f"line {self.line}, column {self.column}{', ' + where if where else ''}: {en.format(**self.params)}"


class CalendarError(ValueError):
    """A calendar that cannot be used, with every problem found."""

    def __init__(self, problems: Sequence[CalendarProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.words("en") for problem in self.problems))
