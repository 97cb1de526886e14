"""Plants canaries in every place of every interface that takes words of people."""

import json
from typing import Any

import httpx

from tests.product.canaries import Canaries
from tests.product.complaints import complaint, ndjson, write_csv
from tests.product.database import query
from tests.product.installation import Installation
from tests.product.kafka_log import write_inbound

HANDLED, REOPENED, WITHDRAWN, BY_BATCH, BY_TOPIC, BY_FILE = (
    "handled", "reopened", "withdrawn", "batch", "topic", "file"
)  # fmt: skip


class Sower:
    """Plants the canaries."""

    def __init__(self, product: Installation, canaries: Canaries, mark: str) -> None:
        self.product, self.canaries, self.mark = product, canaries, mark
        self.cases: dict[str, str] = {}
        self.answers: list[httpx.Response] = []

    def body(self, name: str) -> dict[str, Any]:
        reporter = {"name": self.canaries["name"], "phone": self.canaries["phone"], "email": self.canaries["email"]}
        return complaint(
            f"{self.mark}-{name}",
            project="P01",
            title=self.canaries.text("title"),
            narrative="漏水 " + self.canaries.text("narrative"),
            unit=self.canaries["flat"],
            reporter=reporter,
        )

    def register(self, directory: Any) -> None:
        for name in (HANDLED, REOPENED, WITHDRAWN):
            answer = self.keep(self.product.post("/intake/v1/complaints", self.body(name)))
            assert answer.status_code == 201, answer.text
        self.keep(
            self.product.client("system").post(
                "/intake/v1/complaints:batch",
                content=ndjson([self.body(BY_BATCH), self.body("refused") | {"channel": self.canaries["name"]}]),
                headers={"Content-Type": "application/x-ndjson"},
            )
        )
        write_inbound(self.product.bootstrap, [(None, json.dumps(self.body(BY_TOPIC)).encode())])
        path = directory / "export.csv"
        write_csv(path, [{
            "id": f"{self.mark}-{BY_FILE}", "subject": self.canaries.text("title"),
            "body": self.canaries.text("narrative"), "flat": self.canaries["flat"], "who": self.canaries["name"],
            "call": self.canaries["phone"], "mail": self.canaries["email"],
        }])  # fmt: skip
        columns = ("unit=flat", "reporter.name=who", "reporter.phone=call", "reporter.email=mail")
        mapping = [word for column in columns for word in ("--map", column)]
        assert self.product.command("import", str(path), "--project", "P01", *mapping)["created"] == 1
        self.product.settle()
        rows = query(
            self.product.database, "select source_id, id from intake.complaints where source_id like $1",
            f"{self.mark}-%",
        )  # fmt: skip
        self.cases = {row["source_id"].partition("-")[2]: str(row["id"]) for row in rows}
        assert set(self.cases) == {HANDLED, REOPENED, WITHDRAWN, BY_BATCH, BY_TOPIC, BY_FILE}

    def say(self) -> None:
        """What customers say later."""
        for kind in ("information", "survey", "dissatisfied"):
            words = {"kind": kind, "text": self.canaries.text(f"response-{kind}")}
            self.tell(HANDLED, "responses", words)
        self.tell(HANDLED, "amendments", {"narrative": self.canaries.text("amendment"), "facts": {"people": 2}})
        self.tell(WITHDRAWN, "withdraw", {"text": self.canaries.text("withdrawal")})

    def handle(self) -> None:
        """What staff write."""
        self.move(HANDLED, "return", reason=self.canaries.text("return"))
        self.move(HANDLED, "assign")
        self.move(HANDLED, "progress", text=self.canaries.text("progress"))
        self.move(HANDLED, "reply", text=self.canaries.text("reply"), channel="phone")
        self.move(HANDLED, "resolve", result=self.canaries.text("result"))
        self.move(HANDLED, "follow-up", reached=True, satisfied=False, text=self.canaries.text("follow-up"))
        self.move(HANDLED, "assess", facts={"solvable_promptly": False})
        self.move(
            HANDLED,
            "inform_delay",
            process_explained=self.canaries.text("process"),
            next_contact_way=self.canaries.text("contact-way"),
        )
        self.move(
            REOPENED,
            "close",
            ground="beyond_authority_or_range",
            text=self.canaries.text("close"),
            position_told=self.canaries.text("position"),
            evidence=[self.canaries.text("evidence")],
        )
        self.move(REOPENED, "reopen", reason=self.canaries.text("reopen"))

    def misplace(self) -> None:
        """Words of people where they do not belong: refused, and not repeated by whoever refuses."""
        wrong = self.body("wrong")
        for fields in (
            {"channel": self.canaries["name"]},
            {"facts": {"people": self.canaries["phone"]}},
            {"facts": {"events": [self.canaries["name"]]}},
            {"category": self.canaries["identity"]},
            {"received_at": self.canaries["phone"]},
            {"reporter": {"name": self.canaries["name"], "language": self.canaries["identity"]}},
            {"project": self.canaries["identity"]},
            {"narrative": 7, "unit": self.canaries["flat"] * 10},
        ):
            answer = self.keep(self.product.post("/intake/v1/complaints", wrong | fields))
            assert answer.status_code in {403, 422}, answer.text
        case = self.cases[BY_BATCH]
        for move, body in (
            ("reply", {"text": self.canaries.text("reply"), "channel": self.canaries["name"]}),
            ("assign", {"person": self.canaries["name"]}),
            ("close", {"ground": self.canaries["name"]}),
            ("assess", {"category": self.canaries["identity"]}),
        ):
            answer = self.keep(self.product.move(case, move, body))
            assert answer.status_code in {409, 422}, answer.text
        record = json.dumps(wrong | {"channel": self.canaries["name"], "facts": {self.canaries["identity"]: 1}})
        unreadable = record.encode()[:-1]
        strange = json.dumps(wrong | {self.canaries["phone"]: self.canaries["name"]}).encode()
        write_inbound(self.product.bootstrap, [(None, record.encode()), (None, unreadable), (None, strange)])

    def tell(self, name: str, what: str, body: dict[str, Any]) -> None:
        answer = self.product.post(f"/intake/v1/complaints/{self.cases[name]}/{what}", body)
        assert answer.status_code in {200, 201}, answer.text
        self.keep(answer)

    def move(self, name: str, move: str, **body: Any) -> None:
        answer = self.product.move(self.cases[name], move, body)
        assert answer.status_code == 200, answer.text

    def keep(self, answer: httpx.Response) -> httpx.Response:
        self.answers.append(answer)
        return answer
