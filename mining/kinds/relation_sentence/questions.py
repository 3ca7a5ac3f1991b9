"""One question per relation, with their first guidelines: plain words for people who know shops.

What all three have in common is written once; each adds what is particular to its relation.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from annotation.kinds import Question
from mining.kinds.asking import examples

# The relation as it is said within a question; the graph's own words are in its ontology.
RELATION_WORDS = {
    "satisfy": {"en": "brings", "zh": "能带来"},
    "need": {"en": "calls for", "zh": "需要"},
    "cause": {"en": "leads to", "zh": "会引起"},
}

COMMON_EN = """\
Read the whole sentence, then decide on what it says, not on what you know. A sentence that merely \
names both is a No, even when the relation is true in life. A sentence that says it in other words, or \
from the other end, is a Yes.

No, whatever the relation:
- the sentence names both in a list, side by side: {list_en}
- it denies the relation or doubts it: “does not”, “hardly”, “I wish it did”
- it only asks: “does it …?” without an answer
- it says it of something else: of another product, another part, another person
- it says it the wrong way round

Bad candidate, when the question itself makes no sense:
- a mark is cut off or takes in too much (“otton”, “cotton makes it”): wrong boundary
- a mark is not what its label says ({type_en}): wrong type
- the sentence is about an offer or a date that is over: outdated

If two careful people could honestly disagree, answer Cannot tell. If you cannot read or understand the \
sentence, Skip.
"""

COMMON_ZH = """\
请先把整句读完，再按句子说了什么来判断，不要按自己知道的常识。句子里只是同时出现了两者，哪怕道理上成立，\
也选“否”；换一种说法、反过来说，只要意思到了，就选“是”。

不管哪种关系，下面这些都选“否”：
- 只是并列提到，没有说谁带来谁：{list_zh}
- 句子否定或者怀疑这层关系：“并不会”“没觉得”“要是能……就好了”
- 只是提问，没有回答：“会不会……？”
- 说的是别的东西：另一款商品、另一个部位、另一个人
- 方向说反了

题目本身不成立的，选“候选有误”：
- 标出来的词被切断，或者多带了字（“棉”只标了一半、“纯棉让它”）：边界不对
- 标出来的词和它的类型对不上（{type_zh}）：类型不对
- 说的是已经过期的活动或日期：已过时

如果两个认真的人都可能给出不同答案，请选“无法判断”；句子读不懂就“跳过”。
"""

SATISFY_EN = """\
You see a sentence from shop texts with two marks: 1 is a property value of a product (what it is made \
of, what is in it, how it is built), 2 is a point of interest (what shoppers look for). Say Yes if the \
sentence says that within this category the first brings about the second.

Ask yourself: does the sentence give 1 as the reason for 2? “Because of 1 it is 2”, “with 1 for 2”, “2 \
thanks to 1” all say so.

Yes, it says so:
- plainly: “Ceramides repair the skin barrier”
- as a purpose: “We chose merino wool to keep you warm”
- as an experience: “Since I use the one with salicylic acid, my skin is less oily”
- in short: “cotton for breathability”

"""

SATISFY_ZH = """\
你会看到一句商品文本，里面标出了两处：1 是商品的属性值（材质、成分、结构、工艺），2 \
是关注点（顾客想要的效果或特点）。如果这句话说明：在这个类目里，1 能带来 2，请选“是”。

可以这样想：句子是不是把 1 当作 2 的原因？“因为有 1，所以 2”“添加 1，帮助 2”“2，多亏了 1”，都算。

这些算“是”：
- 直接说：“神经酰胺能修护皮肤屏障”
- 说目的：“选用羊毛，就是为了保暖”
- 说体验：“换了含水杨酸的这款以后，出油少多了”
- 短句也可以：“纯棉面料，透气”

"""

NEED_EN = """\
You see a sentence with two marks: 1 is a problem that people have, 2 is a point of interest (what \
shoppers look for). Say Yes if the sentence says that whoever has the first needs, wants or should look \
for the second.

Ask yourself: is 2 offered as help against 1? “For 1 you want 2”, “2 helps against 1”, “I have 1, so I \
am looking for 2” all say so.

Yes, it says so:
- as advice: “With dry skin, go for deep hydration”
- as a wish: “My hair falls out, I want something that strengthens the roots”
- as an effect: “Its oil control finally ended my shiny forehead”
- about people: “Those with sensitive skin should stay with fragrance free”

"""

NEED_ZH = """\
你会看到一句话，里面标出了两处：1 是用户遇到的问题，2 是关注点（顾客想要的效果或特点）。如果这句话说明：\
有 1 的人需要 2、想要 2、应该找 2，请选“是”。

可以这样想：句子是不是把 2 当作解决 1 的办法？“1 的话要选 2”“2 能改善 1”“我有 1，想找 2 的”，都算。

这些算“是”：
- 给建议：“皮肤干燥就要做好深层补水”
- 说愿望：“最近掉发，想要能强韧发根的”
- 说效果：“控油做得好，额头终于不泛油光了”
- 说人群：“敏感肌还是选无香精的”

"""

CAUSE_EN = """\
You see a sentence with two marks: 1 is a scenario (a time, a place, something people do), 2 is a \
problem that people have. Say Yes if the sentence says that the first leads to the second, or that the \
second comes with it.

Ask yourself: does the sentence say that people get 2 because of 1, or when they are in 1? “In 1 I get \
2”, “1 makes for 2”, “2 again, it must be 1” all say so.

Yes, it says so:
- plainly: “The change of seasons dries out the skin”
- as an experience: “Every time I sit in the air-conditioned office my eyes get dry”
- as a warning: “After a day at the beach, beware of sunburn”
- as a reason to buy: “For the dry skin that winter brings”

"""

CAUSE_ZH = """\
你会看到一句话，里面标出了两处：1 是场景（时间、地点、在做的事），2 是用户遇到的问题。如果这句话说明：1 \
会引起 2，或者一到 1 就会有 2，请选“是”。

可以这样想：句子是不是说，因为 1，或者处在 1 的时候，人会有 2？“一到 1 就 2”“1 容易让人 2”“又 2 了，\
肯定是 1 的缘故”，都算。

这些算“是”：
- 直接说：“换季的时候皮肤容易干燥”
- 说体验：“每次在空调房待久了，眼睛就干涩”
- 提醒：“去海边玩一天，小心晒伤”
- 当作购买的理由：“专为冬天皮肤起皮准备”

"""


def _guideline(own: dict[str, str], **words: str) -> dict[str, str]:
    common = {"en": COMMON_EN, "zh": COMMON_ZH}
    return {language: own[language] + common[language].format(**words) for language in own}


# One sentence for the three: the page puts in the words of each candidate.
ASKS: Any = _("Does this sentence say that “{subject}” {relation} “{object}”?")

SATISFY = Question(
    name="satisfy",
    title=_("Property value brings point of interest"),
    asks=ASKS,
    guideline=_guideline(
        {"en": SATISFY_EN, "zh": SATISFY_ZH},
        list_en="“cotton, breathable, three colours”",
        type_en="1 is a brand or the whole product, 2 is a problem",
        list_zh="“纯棉、透气、三色可选”",
        type_zh="1 是品牌或整件商品，2 是一个麻烦",
    ),
    examples=examples(
        "en",
        ("[Cotton] lets the skin breathe, so it stays [breathable] all day.", "accept", "Gives the reason."),
        ("[Breathable] even in July, thanks to the [linen].", "accept", "Said from the other end."),
        ("With [ceramides] for [barrier repair].", "accept", "Short, but “for” says what it does."),
        ("[Cotton], [breathable], machine washable.", "reject", "A list: nothing says which brings which."),
        ("The [polyester] is not as [breathable] as I had hoped.", "reject", "It denies the relation."),
        ("Is the [wool] one [warm]?", "reject", "Only a question."),
        ("[Silk] feels [smooth], I think it is the weave.", "unsure", "It gives another reason as well."),
    )
    + examples(
        "zh",
        ("[神经酰胺]帮助[修护屏障]，换季也稳稳的。", "accept", "说清楚了谁带来谁。"),
        ("七月穿也[透气]，多亏了[亚麻]。", "accept", "反过来说，意思一样。"),
        ("添加[玻尿酸]，[保湿补水]。", "accept", "短，但说的是添加它的效果。"),
        ("[纯棉]、[透气]、可机洗。", "reject", "只是并列，没说谁带来谁。"),
        ("[涤纶]的没有想象中[透气]。", "reject", "否定了这层关系。"),
        ("[羊毛]的会[保暖]吗？", "reject", "只是提问。"),
        ("[真丝]摸着[顺滑]，可能也是织法的缘故。", "unsure", "同时给了别的原因。"),
    ),
)

NEED = Question(
    name="need",
    title=_("Problem calls for point of interest"),
    asks=ASKS,
    guideline=_guideline(
        {"en": NEED_EN, "zh": NEED_ZH},
        list_en="“for dry skin, deep hydration, 50 ml” on a list of keywords",
        type_en="1 is a wish, 2 is a product or an ingredient",
        list_zh="关键词里并排写着“皮肤干燥、深层补水、50ml”",
        type_zh="1 是想要的效果，2 是商品或成分",
    ),
    examples=examples(
        "en",
        ("If you have [dry skin], look for [deep hydration].", "accept", "Advice for whoever has it."),
        ("Finally something with [oil control] for my [shiny forehead].", "accept", "Offered as its help."),
        ("My [hair loss] made me look for [root strengthening].", "accept", "The problem is why they look."),
        ("I have [dry skin] and I also like a [light texture].", "reject", "Two facts, no link."),
        ("[Oil control] did nothing for my [acne].", "reject", "It denies that it helps."),
        ("The [deep hydration] gave me [acne].", "reject", "The wrong way round: the cure caused it."),
        (
            "With [cold feet] you want something [soft].",
            "unsure",
            "Soft may or may not be meant as the help.",
        ),
    )
    + examples(
        "zh",
        ("[皮肤干燥]的姐妹，一定要[深层补水]。", "accept", "给有这个问题的人的建议。"),
        ("终于找到能[控油]的了，[泛油光]有救了。", "accept", "把它当作解决办法。"),
        ("因为[掉发]，才想找[强韧发根]的。", "accept", "有这个问题，所以去找。"),
        ("我是[皮肤干燥]，也喜欢[质地轻薄]的。", "reject", "两件事，没有联系。"),
        ("[控油]对我的[长痘]没什么用。", "reject", "否定了它有帮助。"),
        ("[深层补水]补得我[长痘]了。", "reject", "方向反了，是它引起的。"),
        ("[手脚冰凉]就想穿[柔软]一点的。", "unsure", "柔软是不是为了解决，看不出来。"),
    ),
)

CAUSE = Question(
    name="cause",
    title=_("Scenario leads to problem"),
    asks=ASKS,
    guideline=_guideline(
        {"en": CAUSE_EN, "zh": CAUSE_ZH},
        list_en="“for winter and for dry skin”",
        type_en="1 is a product or a person, 2 is a wish",
        list_zh="“适合冬天，适合皮肤干燥”",
        type_zh="1 是商品或人，2 是想要的效果",
    ),
    examples=examples(
        "en",
        (
            "The [change of seasons] always gives me [dry skin].",
            "accept",
            "An experience of cause and effect.",
        ),
        ("[Chapped lips] again, it must be the [winter wind].", "accept", "Said from the other end."),
        ("A day of [skiing] means [sunburn] if you are careless.", "accept", "A warning says so too."),
        ("Good for [winter] and for [dry skin].", "reject", "Two uses, side by side."),
        (
            "Even in the [dry season] I have no [dry skin] with it.",
            "reject",
            "It denies that it comes about.",
        ),
        ("My [dry skin] spoils every [holiday].", "reject", "The wrong way round."),
        ("In the [office] some have [dry eyes].", "unsure", "Some have them there; because of it or not?"),
    )
    + examples(
        "zh",
        ("一到[换季]就[皮肤干燥]。", "accept", "场景一来，问题就来。"),
        ("又[嘴唇干裂]了，肯定是[冬天]的风吹的。", "accept", "反过来说，意思一样。"),
        ("去[滑雪]不注意就会[晒伤]。", "accept", "提醒也说明了这层关系。"),
        ("适合[冬天]，适合[皮肤干燥]的人。", "reject", "只是并列的两种用途。"),
        ("用了它，[换季]也没有[皮肤干燥]。", "reject", "说的是没有发生。"),
        ("[皮肤干燥]毁了我的[旅行]。", "reject", "方向反了。"),
        ("[办公室]里有人[眼睛干涩]。", "unsure", "是不是办公室引起的，看不出来。"),
    ),
)
