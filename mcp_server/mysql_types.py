"""Types of result columns, as the MySQL protocol numbers them."""

from pymysql.constants import FIELD_TYPE

from mcp_server.results import ColumnType

_KINDS: dict[int, ColumnType] = {
    **dict.fromkeys(
        (
            FIELD_TYPE.TINY,
            FIELD_TYPE.SHORT,
            FIELD_TYPE.LONG,
            FIELD_TYPE.LONGLONG,
            FIELD_TYPE.INT24,
            FIELD_TYPE.YEAR,
            FIELD_TYPE.BIT,
        ),
        "integer",
    ),
    **dict.fromkeys((FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL), "decimal"),
    **dict.fromkeys((FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE), "float"),
    **dict.fromkeys((FIELD_TYPE.DATE, FIELD_TYPE.NEWDATE), "date"),
    **dict.fromkeys((FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP), "datetime"),
    FIELD_TYPE.TIME: "time",
    FIELD_TYPE.JSON: "json",
}


def kind_of_column(type_code: int, width: int) -> ColumnType | None:
    """The column type; None for texts and binaries, which only their values tell apart."""
    if type_code == FIELD_TYPE.TINY and width == 1:
        return "boolean"
    return _KINDS.get(type_code)
