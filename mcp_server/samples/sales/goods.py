"""Categories, suppliers and products, read from goods.toml, and how well each product sells."""

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import TypedDict

from mcp_server.samples.dice import Dice, Wheel
from mcp_server.samples.rows import Row
from mcp_server.samples.sales.places import prefectures
from mcp_server.samples.sales.rows import Product
from mcp_server.samples.sales.story import FAULTY_PRODUCT, SEED, STAR_PRODUCT, STAR_YEAR

# How many times a product sells what others of its category do.
_STAR_PULL, _FAULTY_PULL = 9, 3
_PRICE_LEVEL = {2023: 94, 2024: 97, 2025: 100}  # per cent of today's list price

_SUPPLIER_PREFECTURES = {
    "東都電機": "東京都",
    "北都冷熱": "北海道",
    "みなと音響": "神奈川県",
    "ひので製菓": "福岡県",
    "清流飲料": "静岡県",
    "みのり食品": "新潟県",
    "あおば化学": "宮城県",
    "駿河製紙": "静岡県",
    "文明堂文具": "大阪府",
    "大和事務機": "奈良県",
    "西陣アパレル": "京都府",
    "紀州ニット": "和歌山県",
    "飛騨木工": "岐阜県",
    "三河寝装": "愛知県",
    "信濃アウトドア": "長野県",
    "わらべ玩具": "栃木県",
    "加賀化粧品": "石川県",
    "富山薬品": "富山県",
}


class Category(TypedDict):
    """One entry of goods.toml."""

    parent: str
    name: str
    supplier: str
    season: list[int]
    demand: dict[str, int]
    products: dict[str, int]


@dataclass(frozen=True, slots=True)
class Goods:
    """The rows of the three tables; `lines` goes along with `products`, one category each."""

    categories: list[Row]
    suppliers: list[Row]
    products: list[Product]
    lines: list[Category]


def _lines() -> list[Category]:
    text = files(__package__).joinpath("goods.toml").read_text(encoding="utf-8")
    lines: list[Category] = tomllib.loads(text)["category"]
    return lines


def _categories(lines: list[Category]) -> dict[str, Row]:
    """Rows by name: first the parents, then their children, ids in that order."""
    parents = list(dict.fromkeys(line["parent"] for line in lines))
    rows: dict[str, Row] = {name: (i, None, name) for i, name in enumerate(parents, start=1)}
    for number, line in enumerate(lines, start=len(parents) + 1):
        rows[line["name"]] = (number, rows[line["parent"]][0], line["name"])
    return rows


def _suppliers() -> list[Row]:
    codes = {prefecture.name: prefecture.id for prefecture in prefectures()}
    return [
        (number, codes[prefecture], name)
        for number, (name, prefecture) in enumerate(_SUPPLIER_PREFECTURES.items(), start=1)
    ]


def _released(dice: Dice) -> date:
    """The first of a month, long ago for most."""
    year = dice.between(2023, 2025) if dice.chance(0.08) else dice.between(2015, 2022)
    return date(year, dice.between(1, 12), 1)


def goods() -> Goods:
    """Everything that can be sold."""
    dice = Dice(SEED + 1)
    lines = _lines()
    categories = _categories(lines)
    category_ids = {name: number for number, name in enumerate(categories, start=1)}
    supplier_ids = {name: number for number, name in enumerate(_SUPPLIER_PREFECTURES, start=1)}
    catalogue = [(line, name, price) for line in lines for name, price in line["products"].items()]
    products = [
        Product(
            number,
            category_ids[line["name"]],
            supplier_ids[line["supplier"]],
            name,
            price,
            price * dice.between(52, 74) // 100,
            date(2021, 9, 1) if name == STAR_PRODUCT else _released(dice),
        )
        for number, (line, name, price) in enumerate(catalogue, start=1)
    ]
    return Goods(
        list(categories.values()), _suppliers(), products, [line for line, _, _ in catalogue]
    )


def price_in(product: Product, year: int) -> int:
    """What one piece cost in that year: whole tens of yen."""
    return product.list_price * _PRICE_LEVEL[year] // 1000 * 10


class Shelves:
    """What customers reach for, by kind of customer and month."""

    def __init__(self, stock: Goods) -> None:
        dice = Dice(SEED + 2)
        self._stock = stock
        self._popularity = [0.3 + dice.random() for _ in stock.products]
        self._wheels: dict[tuple[str, int, int], Wheel[Product]] = {}

    def wheel(self, kind: str, day: date) -> Wheel[Product]:
        """The choice that a customer of this kind has on that day."""
        key = (kind, day.year, day.month)
        if key not in self._wheels:
            self._wheels[key] = Wheel(self._stock.products, self._weights(kind, day))
        return self._wheels[key]

    def _weights(self, kind: str, day: date) -> list[float]:
        return [
            self._weight(product, line, kind, day) * popularity
            for product, line, popularity in zip(
                self._stock.products, self._stock.lines, self._popularity, strict=True
            )
        ]

    @staticmethod
    def _weight(product: Product, line: Category, kind: str, day: date) -> float:
        if product.released_date > day:
            return 0
        season = line["season"][day.month - 1] / len(line["products"])
        return line["demand"][kind] * season * _pull(product.name, day.year)


def _pull(product: str, year: int) -> float:
    if product == STAR_PRODUCT and year == STAR_YEAR:
        return _STAR_PULL
    return _FAULTY_PULL if product == FAULTY_PRODUCT else 1
