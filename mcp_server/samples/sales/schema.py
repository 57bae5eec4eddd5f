"""The tables of the sample "sales": names in English, comments and values in Japanese.

Money is whole yen, tax included, as shops in Japan keep it: sums are exact on every engine.
Text compares byte by byte (utf8mb4_bin), as in SQLite: otherwise MySQL takes ハハ for パパ.
"""

from datetime import date

from sqlalchemy import Column, Date, ForeignKey, Integer, MetaData, String, Table
from sqlalchemy.sql.schema import SchemaItem

METADATA = MetaData()


def _table(name: str, comment: str, *items: SchemaItem) -> Table:
    return Table(
        name,
        METADATA,
        *items,
        comment=comment,
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_bin",
        mariadb_engine="InnoDB",
    )


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=False)


def _ref(table: str, name: str = "", *, optional: bool = False) -> Column[int]:
    """A foreign key to the id of `table`."""
    target = ForeignKey(f"{table}.id")
    return Column(name or f"{table.removesuffix('s')}_id", target, index=True, nullable=optional)


def _key_ref(table: str) -> Column[int]:
    """A foreign key that is part of the primary key."""
    return Column(f"{table.removesuffix('s')}_id", ForeignKey(f"{table}.id"), primary_key=True)


def _text(name: str, length: int, comment: str, *, optional: bool = False) -> Column[str]:
    return Column(name, String(length), nullable=optional, comment=comment)


def _number(name: str, comment: str) -> Column[int]:
    return Column(name, Integer, nullable=False, comment=comment)


def _day(name: str, comment: str, *, optional: bool = False, index: bool = False) -> Column[date]:
    return Column(name, Date, nullable=optional, index=index, comment=comment)


_table("regions", "地方", _id(), _text("name", 20, "地方名"))

_table("prefectures", "都道府県", _id(), _ref("regions"), _text("name", 10, "都道府県名"))

_table(
    "stores",
    "店舗",
    _id(),
    _ref("prefectures"),
    _text("name", 20, "店名"),
    _text("size", 10, "規模"),
    _number("floor_area", "売場㎡"),
    _day("opened_date", "開店日"),
)

_table(
    "employees",
    "従業員",
    _id(),
    _ref("stores"),
    _text("name", 20, "氏名"),
    _text("job_title", 10, "役職"),
    _day("hired_date", "入社日"),
    _number("monthly_salary", "月給"),
)

_table(
    "categories",
    "商品分類",
    _id(),
    _ref("categories", "parent_id", optional=True),
    _text("name", 20, "分類名"),
)

_table("suppliers", "仕入先", _id(), _ref("prefectures"), _text("name", 40, "社名"))

_table(
    "products",
    "商品",
    _id(),
    _ref("categories", "category_id"),
    _ref("suppliers"),
    _text("name", 60, "商品名"),
    _number("list_price", "定価"),
    _number("unit_cost", "原価"),
    _day("released_date", "発売日"),
)

_table(
    "customers",
    "顧客",
    _id(),
    _ref("prefectures"),
    _text("name", 40, "顧客名"),
    _text("kind", 10, "区分"),
    _text("gender", 10, "性別", optional=True),
    _day("birth_date", "生年月日", optional=True),
    _text("membership", 10, "会員ランク"),
    _day("registered_date", "登録日", index=True),
)

_table(
    "orders",
    "受注",
    _id(),
    _ref("customers"),
    _ref("stores", optional=True),
    _ref("employees", optional=True),
    _text("channel", 10, "販路"),
    _text("status", 10, "状態"),
    _day("order_date", "受注日", index=True),
    _number("total_amount", "税込合計"),
)

_table(
    "order_lines",
    "受注明細",
    _id(),
    _ref("orders"),
    _ref("products"),
    _number("quantity", "数量"),
    _number("unit_price", "税込単価"),
    _number("amount", "税込金額"),
)

_table(
    "payments",
    "入金",
    _id(),
    _ref("orders"),
    _text("method", 20, "支払方法"),
    _day("paid_date", "入金日", index=True),
    _number("amount", "入金額"),
)

_table(
    "shipments",
    "配送",
    _id(),
    _ref("orders"),
    _text("carrier", 20, "配送業者"),
    _day("shipped_date", "出荷日", index=True),
    _day("due_date", "配達予定日"),
    _day("delivered_date", "配達日", optional=True),
)

_table(
    "returns",
    "返品",
    _id(),
    _ref("order_lines"),
    _day("return_date", "返品日", index=True),
    _number("quantity", "数量"),
    _number("refund_amount", "返金額"),
    _text("reason", 20, "理由"),
)

_table(
    "reviews",
    "商品レビュー",
    _id(),
    _ref("products"),
    _ref("customers"),
    _number("rating", "5段階評価"),
    _day("review_date", "投稿日", index=True),
)

_table(
    "store_targets",
    "店舗の月間目標",
    _key_ref("stores"),
    Column("target_month", String(7), primary_key=True, comment="年月(2025-01)"),
    _number("target_amount", "売上目標"),
)

_table(
    "inventory",
    "在庫",
    _key_ref("stores"),
    _key_ref("products"),
    _number("quantity", "在庫数"),
    _number("reorder_point", "発注点"),
)
