"""Rows as the tables hold them, where a later step needs their fields by name."""

from datetime import date
from typing import NamedTuple


class Prefecture(NamedTuple):
    """都道府県; the id is its JIS code."""

    id: int
    region_id: int
    name: str


class Store(NamedTuple):
    """店舗; floor area in square metres."""

    id: int
    prefecture_id: int
    name: str
    size: str
    floor_area: int
    opened_date: date


class Employee(NamedTuple):
    """従業員; salary in yen a month."""

    id: int
    store_id: int
    name: str
    job_title: str
    hired_date: date
    monthly_salary: int


class Product(NamedTuple):
    """商品; prices in yen, tax included."""

    id: int
    category_id: int
    supplier_id: int
    name: str
    list_price: int
    unit_cost: int
    released_date: date


class Customer(NamedTuple):
    """顧客; a company has neither gender nor birthday."""

    id: int
    prefecture_id: int
    name: str
    kind: str
    gender: str | None
    birth_date: date | None
    membership: str
    registered_date: date


class Order(NamedTuple):
    """受注; a web order has no store and no employee; a cancelled one has no lines and total 0."""

    id: int
    customer_id: int
    store_id: int | None
    employee_id: int | None
    channel: str
    status: str
    order_date: date
    total_amount: int


class OrderLine(NamedTuple):
    """受注明細; amount = quantity * unit_price, in yen, tax included."""

    id: int
    order_id: int
    product_id: int
    quantity: int
    unit_price: int
    amount: int


class Shipment(NamedTuple):
    """配送 of a web order; no delivered_date while it is under way."""

    id: int
    order_id: int
    carrier: str
    shipped_date: date
    due_date: date
    delivered_date: date | None
