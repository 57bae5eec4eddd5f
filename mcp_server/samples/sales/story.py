"""What can be found in the data. The generators plant it; examples/sales/README.md tells it."""

from datetime import date

SEED = 20230101
FIRST_DAY, LAST_DAY = date(2023, 1, 1), date(2025, 12, 31)

WEAK_STORE = "広島店"  # misses its target in every month of WEAK_YEAR
WEAK_YEAR = 2025

STAR_PRODUCT = "ノンフライオーブン"  # sells most of all in STAR_YEAR
STAR_YEAR = 2025

SLUMP = (2024, 8)  # the month in which custom fell away, and every target was missed
SLUMP_SHARE = 0.45  # of the orders that the month would have had

LATE_REGION = "北海道"  # parcels come late here
FAULTY_PRODUCT = "ワイヤレスイヤホン"  # comes back far more often than anything else
