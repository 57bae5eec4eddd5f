import pytest

from assistant.followup import refers_back


@pytest.mark.parametrize(
    "question",
    [
        "では大阪は？",
        "それを月別に",
        "そのうち個人は何人？",
        "2024年は？",
        "And in 2024?",
        "What about Osaka?",
        "Only the paid ones",
        "How many of those are open?",
    ],
)
def test_a_question_that_only_an_earlier_one_completes(question: str) -> None:
    assert refers_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "2025年の売上合計を店舗別に教えてください",
        "How many customers are there?",
        "Which products were never ordered?",
        "東京都の個人のお客様は何人いますか？",
    ],
)
def test_a_question_of_its_own(question: str) -> None:
    assert not refers_back(question)
