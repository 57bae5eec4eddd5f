"""What holds for the whole diary: its time, and what its writers cannot write of yet."""

from datetime import date, datetime

SEED = 20210101
FIRST_DAY, LAST_DAY = date(2021, 1, 2), date(2025, 12, 31)
LAST_MOMENT = datetime(2025, 12, 31, 23, 59, 59)  # on the blog's own clock

# Words that nobody writes in the first year: there is no cat yet, and no year before.
NOT_YET = ("猫", "きなこ", "去年", "毎年", "今年も")

GUEST = "noboru"  # writes of mountains and not of the house
CALLED = {"minato": "湊", "sachi": "さち", "noboru": "山口"}  # by the others, never by themselves
