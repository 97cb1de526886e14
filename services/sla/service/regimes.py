"""The regimes in use: a pack and a calendar version made ready for clocks, once."""

from collections.abc import Callable

from services.sla.life.case import Case, Pin
from services.sla.life.regime import Regime
from shared.reference.book import Reference

_MOST = 512


class Regimes:
    """Regimes by their pins. Versions never change, so what is built stays right."""

    def __init__(self) -> None:
        self._built: dict[tuple[Pin, Pin], Regime] = {}

    def of(self, reference: Reference, pack: Pin, calendar: Pin) -> Regime:
        """The regime of these pins. Raises UnknownReference."""
        found = self._built.get((pack, calendar))
        if found is None:
            found = Regime.of(reference.pack(*pack), reference.calendar(*calendar))
            if len(self._built) >= _MOST:
                self._built.clear()
            self._built[pack, calendar] = found
        return found

    def within(self, reference: Reference) -> Callable[[Case], Regime]:
        """What gives the regime of a case by this reference."""
        return lambda case: self.of(reference, case.pack, case.calendar)
