"""SC: what only people can keep, shown to them at the moment it matters."""

from typing import Literal

from shared.policy.document.entry import Labelled


class Script(Labelled):
    """A text in each language, shown at a moment: intake, handling, reply, follow_up."""

    at: Literal["intake", "handling", "reply", "follow_up", "duty"]
