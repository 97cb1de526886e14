"""Invented complaints of about 1 kB, as bytes made beforehand, so that sending them costs next to nothing."""

import json
from collections.abc import Iterator, Mapping, Sequence

SIZE = 1024
_SLOT = "§" * 4  # eight bytes
_DIGITS = 8

# What the default pack tells apart: by words (category) and by facts (grade).
_STORIES: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("卫生间漏水", "楼上卫生间漏水，天花板大面积发霉，已经报修三次，每次都说要等配件。", {"people": 1}),
    ("电梯停运", "电梯连续停运四天，家中老人无法下楼就医，物业没有给出恢复时间。", {"people": 12}),
    ("夜间施工噪声", "隔壁地块夜间施工到凌晨两点，噪声很大，孩子无法休息。", {"people": 5}),
    ("外墙开裂", "外墙出现两米长的裂缝并有碎块掉落，楼下就是儿童活动区。", {"people": 3, "events": ["possible_media"]}),
    ("停车位被占", "购买的车位长期被他人占用，保安只登记不处理。", {"people": 1}),
    ("合同面积不符", "收房时实测面积少了六平方米，要求按合同退还差价。", {"people": 1, "amount_claimed": 9_600_000}),
    ("垃圾清运不及时", "地下车库的垃圾三天没有清运，气味很重，多次致电无人处理。", {"people": 2}),
    ("服务态度差", "前台人员态度生硬，当着多位业主的面拒绝登记。", {"people": 1}),
)  # fmt: skip
_CHANNELS = ("phone", "app", "web", "wechat")
_MORE = "以上情况已拍照留存，希望尽快安排人员上门查看，并书面告知处理时间和责任人。"


class Complaints:
    """Bodies for POST of system `source`, spread evenly over `projects`; number n is always the same complaint."""

    def __init__(self, source: str, projects: Sequence[str]) -> None:
        self._source = source
        self._projects = projects
        self._templates: dict[tuple[str, int], bytes] = {}

    def body(self, number: int) -> bytes:
        """Complaint `number`, 0 … 99,999,999."""
        turn, place = divmod(number, len(self._projects))
        key = self._projects[place], (turn + place) % len(_STORIES)
        template = self._templates.get(key) or self._templates.setdefault(key, _template(self._source, *key))
        return template.replace(_SLOT.encode(), b"%0*d" % (_DIGITS, number))

    def lines(self, first: int, count: int) -> bytes:
        """NDJSON of `count` complaints."""
        return b"\n".join(self.body(number) for number in range(first, first + count))

    def source_id(self, number: int) -> str:
        return f"bench-{number:0{_DIGITS}d}"


def requests(complaints: Complaints, path: str, key: str, first: int, count: int, lines: int) -> Iterator[bytes]:
    """Whole HTTP requests with one complaint each, or with `lines` of them."""
    kind = "application/json" if lines == 1 else "application/x-ndjson"
    for number in range(first, first + count * lines, lines):
        yield request("POST", path, key, complaints.lines(number, lines), kind)


def request(method: str, path: str, key: str, body: bytes = b"", kind: str = "application/json") -> bytes:
    """One HTTP/1.1 request with a bearer key."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
    if body:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


def stories() -> Sequence[tuple[str, str, Mapping[str, object]]]:
    """(title, narrative, facts) of every kind of complaint that is invented here."""
    return _STORIES


def _template(source: str, project: str, number: int) -> bytes:
    title, story, facts = _STORIES[number % len(_STORIES)]
    body = {
        "project": project,
        "source": source,
        "source_id": f"bench-{_SLOT}",
        "channel": _CHANNELS[number % len(_CHANNELS)],
        "segment": "buyer",
        "title": title,
        "narrative": story,
        "unit": f"{number % 3 + 1}-{number % 2 + 1}-{number % 28 + 1}02",
        "reporter": {"name": f"业主{_SLOT}", "phone": f"+86138{_SLOT}", "language": "zh"},
        "facts": facts,
    }
    while len(encoded := json.dumps(body, ensure_ascii=False).encode()) < SIZE - len(_MORE.encode()):
        body["narrative"] = f"{body['narrative']}{_MORE}"
    return encoded
