"""The two questions about a phrase, with their first guidelines: plain words for people who know shops."""

from django.utils.translation import gettext_lazy as _

from annotation.kinds import Question
from mining.kinds.asking import examples

POI_EN = """\
You see a short phrase from shop texts and a category of products. Say Yes if the phrase names something \
that shoppers of this category look for, ask about or pay more for: a benefit, a quality, a use. \
We call this a point of interest.

Ask yourself: could a shopper of this category say “I want one that is (or has, does, is good for) …” and \
finish the sentence with this phrase? If that makes sense and says something about the product, answer Yes.

Yes, it counts:
- a benefit or effect: deep hydration, keeps you warm, oil control
- a quality people look for: breathable, fragrance free, machine washable, easy to spread
- whom or what it is good for, when it reads as a wish: for sensitive skin, everyday wear
- it has to make sense for this category: “machine washable” counts for a sweater, not for a lipstick

No, it does not count:
- a trouble the shopper has, not what they want instead: dry skin, pilling (another question asks for these)
- the product itself, a part of it, a brand or a shop: face cream, the lid, gift set
- praise that would fit anything: very good, love it, worth buying
- delivery, packing, price and service: fast shipping, great value, kind staff
- bits of everyday speech: as soon as, this one is, I think

Words cut off or too many:
- Cut off in the middle, so that it cannot stand alone (“not gre” from “not greasy”, “moisture all”): \
answer No.
- A stray word stuck to it (“and breathable”, “really soft on”): answer No. We look for the phrase \
by itself, and it will come to you separately if it is there.
- Too general to help anyone choose (“good effect”, “nice texture”): answer No.

Read the example sentences below the phrase. They show how it is meant; a phrase with several meanings is \
judged by them. If two careful people could honestly disagree, answer Cannot tell. If you cannot read or \
understand it, Skip.
"""

POI_ZH = """\
你会看到一个从商品文本里找出来的短语，以及一个商品类目。如果买这类商品的人会在意它、会问到它、愿意为它多花钱，\
也就是它说的是一种好处、一种特点或一种用途，请选“是”。我们把这样的短语叫作“关注点”。

可以这样想：顾客挑这类商品时，会不会说“我想要一款……的”，然后用这个短语把话说完？\
如果说得通，而且说的是商品本身，就选“是”。

算关注点：
- 功效或好处：保湿补水、控油、保暖、遮瑕
- 大家会挑的特点：透气、不起球、无香精、好推开、可机洗
- 适合谁、适合什么场合，读起来像一种需求：敏感肌可用、通勤百搭
- 要和这个类目对得上：“可机洗”对毛衣算，对口红就不算

不算关注点：
- 顾客遇到的麻烦，而不是他想要的效果：皮肤干燥、起球（麻烦另有一道题来问）
- 商品本身、零件、品牌或店铺：面霜、瓶盖、礼盒装
- 放在哪儿都行的夸奖：很好用、很喜欢、值得购买
- 物流、包装、价格、服务：发货很快、性价比高、客服态度好
- 平常说话的零碎：的时候、这一款、感觉还是

切得不对或者太笼统：
- 从中间断开，单独看不成话（“油不腻”“补水保”）：选“否”。
- 前后多带了字（“而且透气”“很亲肤的”）：选“否”。我们要的是干净的短语，如果它存在，会另外单独问你。
- 太笼统，帮不上选购（“效果好”“质感”）：选“否”。

请看短语下面的例句，它们说明这个短语在原文里是什么意思；有好几种意思时，以例句为准。\
如果两个认真的人都可能给出不同答案，请选“无法判断”；读不懂就“跳过”。
"""

PROBLEM_EN = """\
You see a short phrase from shop texts. Say Yes if the phrase names a trouble that a person has and wants \
to get rid of or avoid: something wrong with their skin, hair, body, clothes or home, or with how they live \
and feel.

Ask yourself: could a shopper say to the shop assistant “My problem is …” and finish the sentence with this \
phrase? If the assistant could then look for something that helps, answer Yes.

Yes, it counts:
- a state someone is in and does not like: dry skin, hair loss, cold feet, sagging skin
- a trouble that products of the shop cause or solve: makeup pilling, clothes that shrink, static cling
- a worry that makes people look for something: looking tired, legs look short

No, it does not count:
- the wish or the cure, not the trouble: anti-acne, deep hydration (there is another question for these)
- the product, an ingredient, a brand: acne cream, salicylic acid
- complaints about shop, delivery or price, which no product can solve: slow delivery, too expensive
- mere dislike: bad quality, not good, disappointed
- a season, a place, a kind of person by itself: winter, dormitory, students

Words cut off or too many:
- Cut off in the middle, so that it cannot stand alone (“hair lo”, “dry and”): answer No.
- A stray word stuck to it (“my dry skin”, “acne after”): answer No. We look for the phrase by itself.
- Too general to know what would help (“discomfort”, “the problem”): answer No.

Read the example sentences: the same words can be a trouble in one text and an advantage in another. If two \
careful people could honestly disagree, answer Cannot tell. If you cannot read or understand it, Skip.
"""

PROBLEM_ZH = """\
你会看到一个从商品文本里找出来的短语。如果它说的是人遇到的一种麻烦，想解决或者想避免的，\
比如皮肤、头发、身体、衣物、居家或生活上的不顺心，请选“是”。

可以这样想：顾客会不会对导购说“我的问题是……”，然后用这个短语把话说完？如果导购听了能去找对应的商品来帮忙，就选“是”。

算用户问题：
- 人正处在的、不喜欢的状态：皮肤干燥、掉发、手脚冰凉、长痘痘
- 和商品有关的麻烦：搓泥、衣服缩水、起静电、闷汗
- 让人想找办法的烦恼：显得没精神、显腿短

不算用户问题：
- 想要的效果或解决办法，而不是麻烦本身：祛痘、深层补水（它们另有一道题来问）
- 商品、成分、品牌：祛痘膏、水杨酸
- 对店铺、物流、价格的抱怨，换什么商品都解决不了：发货慢、太贵、发错尺码
- 单纯的不满意：质量差、不好用、很失望
- 单独的季节、地点、人群：冬天、宿舍、学生党

切得不对或者太笼统：
- 从中间断开，单独看不成话（“肤干燥”“掉头”）：选“否”。
- 前后多带了字（“我皮肤干燥”“长痘的”）：选“否”。我们要的是干净的短语。
- 太笼统，听了也不知道该帮什么（“不舒服”“有问题”）：选“否”。

请看例句：同样的字，在这句里是麻烦，在那句里可能是优点。如果两个认真的人都可能给出不同答案，请选“无法判断”；读不懂就“跳过”。
"""


POI = Question(
    name="poi",
    title=_("Points of interest"),
    asks=_("Is this a point of interest of {category}?"),
    guideline={"en": POI_EN, "zh": POI_ZH},
    examples=examples(
        "en",
        ("deep hydration · Face cream", "accept", "A benefit people buy face cream for."),
        ("breathable · T-shirt", "accept", "A quality shoppers compare T-shirts by."),
        ("safe for sensitive skin · Shampoo", "accept", "Says whom it suits, and people search for it."),
        ("dry skin · Face cream", "reject", "A trouble, not what the shopper wants instead."),
        ("worth buying · Dress", "reject", "Praise that would fit anything."),
        ("fast delivery · Sweater", "reject", "About the shop, not about the sweater."),
        ("gives deep hydration · Face cream", "reject", "A stray word is stuck to it."),
        ("soft touch · Lipstick", "unsure", "Could be the feel of the lipstick or of its case."),
    )
    + examples(
        "zh",
        ("保湿补水 · 面霜", "accept", "买面霜的人想要的功效。"),
        ("不起球 · 毛衣", "accept", "挑毛衣时会比较的特点。"),
        ("敏感肌可用 · 洗面奶", "accept", "说明适合谁，大家会专门去找。"),
        ("皮肤干燥 · 面霜", "reject", "这是麻烦，不是顾客想要的效果。"),
        ("值得购买 · 连衣裙", "reject", "放在哪儿都行的夸奖。"),
        ("发货很快 · 毛衣", "reject", "说的是店铺，不是毛衣。"),
        ("而且透气 · T恤", "reject", "多带了“而且”，不是干净的短语。"),
        ("手感好 · 口红", "unsure", "可能说膏体，也可能说外壳，看例句也分不清时选“无法判断”。"),
    ),
)

PROBLEM = Question(
    name="problem",
    title=_("User problems"),
    asks=_("Is this a user problem?"),
    guideline={"en": PROBLEM_EN, "zh": PROBLEM_ZH},
    examples=examples(
        "en",
        ("dry skin", "accept", "A state people are in and want to change."),
        ("hair loss", "accept", "Something they look for help with."),
        ("static cling", "accept", "A trouble with clothes that the right product avoids."),
        ("anti-acne", "reject", "The cure; the trouble would be acne."),
        ("slow delivery", "reject", "A complaint about the shop that no product solves."),
        ("bad quality", "reject", "Mere dislike: nobody knows what would help."),
        ("my dry skin", "reject", "A stray word is stuck to it."),
        (
            "oily",
            "unsure",
            "Of skin it is a trouble, of a hair mask it may be meant; the examples do not tell.",
        ),
    )
    + examples(
        "zh",
        ("皮肤干燥", "accept", "人处在的、想改变的状态。"),
        ("掉发", "accept", "大家会找办法解决的麻烦。"),
        ("起静电", "accept", "选对衣物就能避免的麻烦。"),
        ("祛痘", "reject", "这是解决办法，麻烦应该是“长痘”。"),
        ("发货慢", "reject", "对店铺的抱怨，换什么商品都解决不了。"),
        ("质量差", "reject", "单纯的不满意，听了也不知道该帮什么。"),
        ("我皮肤干燥", "reject", "多带了“我”，不是干净的短语。"),
        ("偏油", "unsure", "说皮肤是麻烦，说发膜可能是特点，例句也分不清。"),
    ),
)
