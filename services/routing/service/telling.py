"""Puts what routing knows into the events that tell of it."""

from services.routing.domain import Work
from shared.events.steps import OpenedStep
from shared.policy.tables import rules_of
from shared.policy.work_specs import WorkSpec


def opened_step(spec: WorkSpec, work: Work) -> OpenedStep:
    """What is told of a piece of work that began."""
    return OpenedStep(
        step=work.name,
        run=work.run,
        role=work.role,
        person=work.person,
        manner=work.manner,
        rule=rules_of(spec.rule),
    )
