import re

from assistant.report.writers.markdown import markdown
from tests.assistant.report.documents import document, long_document


def test_a_question_is_a_section_with_all_that_belongs_to_it() -> None:
    assert markdown(document()).startswith(
        "# 売上の概要 <i>\n\n"
        "*2026-01-05 09:30 · 3 問中 2 問に回答 · 期待に合わない項目 1 件*\n\n"
        "前書き。\n\n"
        "## まとめ\n\n"
        "- 売上合計: **¥12,345** ▲ +¥2,345 (+23.5%)（2025-11 と比較）\n\n"
        "## 売上合計\n\n"
        "> 売上合計は？\n\n"
        "税抜きです。\n\n"
        "合計は 12,345 円です。\n\n"
        "▲ +¥2,345 (+23.5%)（2025-11 と比較）\n\n"
        "| sales |\n"
        "| ---: |\n"
        "| 12,345 |\n\n"
        "- 期待と異なります: 違う\n"
        "- 注意: 行は1つ\n\n"
        "```sql\nSELECT 1 AS `n`\n```\n\n"
        "*m · sales · プロンプト 新規 100 + キャッシュ 1,100 トークン · 生成 42"
        " · 17.5 tok/s · 3.2 秒*\n\n"
        "## 詳細\n\n段落。\n\n### 月別は？\n"
    )


def test_cells_and_statements_cannot_leave_their_places() -> None:
    text = markdown(document())
    assert '| a\\|b⏎&lt;script>alert(1)&lt;/script>&amp;"␛=1+1 | -5 |' in text
    assert re.search(r"^````sql\n.*?^````$", text, re.MULTILINE | re.DOTALL)
    assert "**未回答:** 天気は &lt;わかりません>。" in text


def test_a_long_table_is_cut_and_says_so() -> None:
    text = markdown(long_document(1, 1_200))
    assert text.count("\n| ") == 102
    assert "1,200 行のうち 100 行。全行は answers.jsonl にあります。" in text
