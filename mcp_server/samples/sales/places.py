"""Regions, the 47 prefectures and the chain's stores."""

from datetime import date

from mcp_server.samples.rows import Row
from mcp_server.samples.sales.rows import Prefecture, Store

# Region: its prefectures in the order of their JIS codes, with their people in thousands (2020).
_REGIONS = {
    "北海道": "北海道 5225",
    "東北": "青森県 1238 岩手県 1211 宮城県 2302 秋田県 960 山形県 1068 福島県 1833",
    "関東": "茨城県 2867 栃木県 1933 群馬県 1939 埼玉県 7345 千葉県 6284 "
    "東京都 14048 神奈川県 9237",
    "中部": "新潟県 2201 富山県 1035 石川県 1133 福井県 767 山梨県 810 長野県 2048 岐阜県 1979 "
    "静岡県 3633 愛知県 7542",
    "近畿": "三重県 1770 滋賀県 1414 京都府 2578 大阪府 8838 兵庫県 5465 奈良県 1324 和歌山県 923",
    "中国": "鳥取県 553 島根県 671 岡山県 1888 広島県 2800 山口県 1342",
    "四国": "徳島県 720 香川県 950 愛媛県 1335 高知県 692",
    "九州・沖縄": "福岡県 5135 佐賀県 811 長崎県 1312 熊本県 1738 大分県 1124 宮崎県 1070 "
    "鹿児島県 1588 沖縄県 1467",
}

_STORES = """
札幌店 北海道 大型店 1380 2011-04-22
函館店 北海道 小型店 420 2018-09-14
仙台店 宮城県 大型店 1620 2012-03-16
渋谷店 東京都 大型店 2100 2009-10-02
新宿店 東京都 大型店 2400 2010-06-18
吉祥寺店 東京都 標準店 880 2014-11-07
横浜店 神奈川県 大型店 1980 2011-09-30
大宮店 埼玉県 標準店 1050 2015-04-10
千葉店 千葉県 標準店 980 2016-03-25
新潟店 新潟県 小型店 520 2019-10-11
金沢店 石川県 標準店 760 2017-07-21
静岡店 静岡県 標準店 820 2016-11-18
名古屋店 愛知県 大型店 1760 2012-10-05
京都店 京都府 標準店 940 2014-04-25
梅田店 大阪府 大型店 2250 2010-03-12
神戸店 兵庫県 標準店 1010 2013-09-20
広島店 広島県 標準店 900 2015-09-11
高松店 香川県 小型店 480 2019-04-19
福岡店 福岡県 大型店 1690 2013-03-15
熊本店 熊本県 小型店 540 2018-04-27
那覇店 沖縄県 小型店 460 2024-04-19
つくば店 茨城県 標準店 720 2025-03-14
"""


def regions() -> list[Row]:
    """Rows of regions, from north to south."""
    return list(enumerate(_REGIONS, start=1))


def _peopled() -> list[tuple[int, str, int]]:
    """(region id, prefecture, its people in thousands), in the order of the JIS codes."""
    return [
        (region_id, name, int(people))
        for region_id, text in enumerate(_REGIONS.values(), start=1)
        for name, people in zip(text.split()[::2], text.split()[1::2], strict=True)
    ]


def prefectures() -> list[Prefecture]:
    """The 47 rows of prefectures."""
    return [
        Prefecture(code, region_id, name)
        for code, (region_id, name, _) in enumerate(_peopled(), start=1)
    ]


def population() -> list[int]:
    """People in thousands, one figure a prefecture, in the order of `prefectures`."""
    return [people for _, _, people in _peopled()]


def stores() -> list[Store]:
    """Rows of stores; two of them open while the data run."""
    codes = {prefecture.name: prefecture.id for prefecture in prefectures()}
    fields = [line.split() for line in _STORES.split("\n") if line]
    return [
        Store(number, codes[prefecture], name, size, int(area), date.fromisoformat(opened))
        for number, (name, prefecture, size, area, opened) in enumerate(fields, start=1)
    ]
