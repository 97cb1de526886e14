"""R-004-05: appointments that nobody kept."""

from tests.scenarios.story import Story

PACK = "management-office"


async def test_R_004_05_r04_a_missed_appointment_stays_missed_when_another_is_agreed(there: Story) -> None:
    await there.complain("门锁坏了", contact_type="appointment", facts={"appointment_at": "2026-03-03T14:00:00+08:00"})
    await there.until("2026-03-03 15:00")
    assert (await there.clocks())["keep_appointment"]["state"] == "breached"
    await there.act(
        "rebook",
        by="unit.repair_team",
        fields={"rebook_reason": "上一户未完工"},
        facts={"appointment_at": "2026-03-04T14:00:00+08:00"},
    )
    assert await there.due("keep_appointment") == "2026-03-04 14:00"
    assert await _appointments(there) == ["breached", "running"]
    assert there.said("clock.breach_revoked") == []
    await there.until("2026-03-04 13:00")
    assert [warned["occurrence"] for warned in there.said("clock.warned")] == [0, 1]
    await there.act("repair", "arrive", by="unit.repair_team")
    assert await _appointments(there) == ["met", "met"]
    assert [met["late"] for met in there.said("clock.met") if met["name"] == "keep_appointment"] == [True, False]


async def _appointments(there: Story) -> list[str]:
    found = (await there.ask("GET", f"/sla/v1/cases/{there.case}/clocks"))["clocks"]
    mine = sorted((each["occurrence"], each["state"]) for each in found if each["name"] == "keep_appointment")
    return [state for _, state in mine]
