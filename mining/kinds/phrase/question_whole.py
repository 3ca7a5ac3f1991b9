"""The question of blind judging: is this a complete, meaningful phrase? (AliMe KG 5.1, Table 3)"""

from django.utils.translation import gettext_lazy as _

from annotation.kinds import Question
from mining.kinds.asking import examples

WHOLE_EN = """\
You see a short phrase that was found in shop texts. Say Yes if it is a complete phrase with a meaning of \
its own: something one could put into a dictionary, a glossary of the shop, or a list of search terms.

Ask yourself two things. Is it whole: do its first and its last word belong to it, and is nothing missing? \
And does it mean something by itself, without the rest of the sentence? If both are so, answer Yes.

Yes, it counts:
- names of things, parts, materials: face cream, stainless steel, phone case
- qualities, effects and uses: long lasting, easy to clean, everyday wear
- a single word, where it names something: waterproof, collagen
- it need not be interesting for shoppers, only whole and meaningful: last week, customer service

No, it does not count:
- cut off at either end: stainless st, ooth cream, easy to
- a stray word stuck to it: the face cream, cream and, very soft and
- pieces of two phrases: cream phone, clean it last
- bits of everyday speech without a meaning of their own: as soon as, this one is, I think that

The sentences below show how the phrase is meant. If two careful people could honestly disagree, answer \
Cannot tell. If you cannot read or understand it, Skip.
"""

WHOLE_ZH = """\
你会看到一个从商品文本里找出来的短语。如果它是一个完整的、单独看也有意思的短语，\
可以收进词典、商品术语表或搜索词表，请选“是”。

可以问自己两件事：它完整吗？首尾的字都属于它，没有缺什么，也没有多带什么。离开原句，它自己有意思吗？\
两条都满足就选“是”。

算：
- 东西、部件、材料的名称：面霜、不锈钢、手机壳
- 特点、效果、用途：不起球、容易清洗、日常通勤
- 单独一个词，只要它指一样东西或一种性质：防水、胶原蛋白
- 不一定是顾客关心的，只要完整、有意思：上个星期、售后服务

不算：
- 从中间断开：不锈、锈钢、容易清
- 前后多带了字：的面霜、面霜和、而且很软
- 两个短语各取一段：霜手机、洗上个
- 平常说话的零碎：的时候、这一款、我觉得

短语下面的例句说明它在原文里是什么意思。如果两个认真的人都可能给出不同答案，请选“无法判断”；读不懂就“跳过”。
"""

WHOLE = Question(
    name="phrase",
    title=_("Whole phrases"),
    asks=_("Is this a complete, meaningful phrase?"),
    guideline={"en": WHOLE_EN, "zh": WHOLE_ZH},
    examples=examples(
        "en",
        ("stainless steel", "accept", "A material, whole."),
        ("easy to clean", "accept", "A quality, whole."),
        ("customer service", "accept", "Not a quality of goods, but whole and meaningful."),
        ("easy to", "reject", "The end is missing."),
        ("and very soft", "reject", "“and” does not belong to it."),
        ("as soon as", "reject", "Means nothing by itself."),
        ("soft touch screen", "unsure", "A soft touch, or a touch screen: the sentences do not tell."),
    )
    + examples(
        "zh",
        ("不锈钢", "accept", "材料名，完整。"),
        ("容易清洗", "accept", "特点，完整。"),
        ("售后服务", "accept", "虽然不是商品的特点，但完整、有意思。"),
        ("容易清", "reject", "后面缺字。"),
        ("而且很软", "reject", "“而且”不属于它。"),
        ("的时候", "reject", "单独看没有意思。"),
        ("手感屏幕", "unsure", "可能是两个短语连在一起，例句也分不清。"),
    ),
)
