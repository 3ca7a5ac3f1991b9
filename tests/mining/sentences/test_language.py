import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mining.sentences.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("这款面霜很保湿", "zh"),
        ("Nike Air Max 270 男鞋 运动鞋 休闲", "zh"),
        ("Dior 口红", "zh"),
        ("森の女装", "zh"),
        ("Buy the 红米 phone today at our store", "en"),
        ("これはペンです", "ja"),
        ("レディース ワンピース", "ja"),
        ("이 제품은 정말 좋아요", "ko"),
        ("Отличный товар, быстрая доставка", "ru"),
        ("Дуже гарний і теплий светр", "uk"),
        ("منتج جيد جدا", "ar"),
        ("Very soft and it fits well", "en"),
        ("waterproof jacket", "en"),
        ("iPhone 15 Pro Max", "en"),
        ("WOMEN'S CASUAL DRESS WITH POCKETS", "en"),
        ("Crème brûlée pour la peau sèche", "fr"),
        ("Feuchtigkeitscreme für die trockene Haut", "de"),
        ("Sepatu pria yang bagus dan murah", "id"),
        ("", "und"),
        ("  \n\t", "und"),
        ("123 456 !?", "und"),
        ("😍😍👍", "und"),
        ("\x00\x01\ud800", "und"),
    ],
)
def test_language_of(text, language):
    assert detect_language(text) == language


@given(st.text())
def test_any_text_has_a_language(text):
    assert 2 <= len(detect_language(text)) <= 3


def test_the_fast_path_is_fast():
    texts = [f"Women's casual long sleeve blouse with the v neck {number}" for number in range(5_000)]
    texts += [f"正品包邮春秋新款男士休闲鞋 Nike 真皮透气 {number} 码" for number in range(5_000)]

    began = time.process_time()
    for text in texts:
        detect_language(text)

    # Over 130,000 a second on a quiet core; a fifth of that is asked, so that a busy machine does not fail.
    assert time.process_time() - began < 0.5
