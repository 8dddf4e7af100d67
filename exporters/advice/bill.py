"""What reading metrics costs. An estimate: Azure's price list and the invoice decide.

Since metrics:getBatch Azure bills metrics queries by the call, whatever the number of resources in it.
Public price: https://azure.microsoft.com/pricing/details/monitor/ (platform metrics, queries), as it was
quoted in July 2026: the first million calls of a month are free, then 0.01 US dollars per 1,000.
"""

from __future__ import annotations

from dataclasses import dataclass

# Azure's price lists count a month as 730 hours.
DAYS_PER_MONTH = 730 / 24


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per 1,000 calls, and how many calls of a month are free. Whose calls share the free ones is
    said differently in different places: here each subscription has them, so that 0 gives the upper bound.
    """

    per_thousand: float = 0.01
    free: int = 1_000_000
    source: str = "https://azure.microsoft.com/pricing/details/monitor/"
    as_of: str = "2026-07"

    def month(self, calls: float) -> float:
        """US dollars for so many calls in a month."""
        return max(0.0, calls - self.free) / 1000 * self.per_thousand


LIST_PRICE = Price()
