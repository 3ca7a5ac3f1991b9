"""The question about an image and a text, with its first guideline: plain words for people who know shops."""

from django.utils.translation import gettext_lazy as _

from annotation.kinds import Question
from mining.kinds.asking import examples

SHOWS_EN = """\
You see an image from a product page and a few words: a property value, a point of interest, a problem \
or a scenario. Say Yes if the image shows what the words say, so that a shopper who looks at it \
understands them without reading.

Ask yourself: if you saw this image beside these words on a page, would you think “yes, that is what it \
looks like”? The plus key or a tap makes the image larger.

Yes, it shows it:
- the thing itself: “red” with a red dress, “ribbed collar” with a collar one can see
- the effect at work: “water repellent” with drops rolling off, “stretchy” with a cloth being pulled
- the scenario: “camping” with a tent, “first day at work” with somebody in an office
- the problem: “dry skin” with skin that flakes
- a drawing or a diagram that explains it

No, it does not:
- the product is there, but what the words say cannot be seen: “fragrance free” with a plain jar
- it shows something else, or the opposite: “oil control” with a shining forehead and nothing more
- the words can only be read in the image, and nothing of them can be seen
- it belongs to another product than the title says
- it is there, but so small or so far off that nobody would notice

Bad candidate, when the question itself makes no sense:
- the image is a logo, a table of sizes, a blank or broken picture: wrong image
- the words are no property value, point of interest, problem or scenario: wrong type
- the image announces an offer or a date that is over: outdated

If two careful people could honestly disagree, answer Cannot tell. If you cannot see or understand it, \
Skip.
"""

SHOWS_ZH = """\
你会看到一张商品页里的图片和几个字：可能是属性值、关注点、用户问题或者场景。\
如果图片把这几个字的意思展示出来了，顾客不看文字、光看图也能明白，请选“是”。

可以这样想：在页面上看到这张图配着这几个字，你会不会觉得“没错，就是这个样子”？\
按加号键或点一下图片可以放大。

这些算“是”：
- 东西本身看得见：“红色”配红色的连衣裙，“罗纹领”配看得清的领口
- 效果看得见：“防泼水”配水珠滚落，“有弹力”配被拉开的面料
- 场景看得见：“露营”配帐篷，“上班第一天”配办公室里的人
- 问题看得见：“皮肤干燥”配起皮的皮肤
- 用示意图讲明白的也算

这些算“否”：
- 商品在，但这几个字的意思看不出来：“无香精”只配一个普通的罐子
- 展示的是别的，或者正好相反：“控油”只配一个泛油光的额头
- 只是把这几个字印在图上，画面里没有
- 图里的商品和标题说的不是同一个
- 虽然有，但太小太远，一般人注意不到

题目本身不成立的，选“候选有误”：
- 图片是商标、尺码表、空白图或者打不开：图片不对
- 这几个字不是属性值、关注点、用户问题或场景：类型不对
- 图片说的是已经过期的活动或日期：已过时

如果两个认真的人都可能给出不同答案，请选“无法判断”；看不清、看不懂就“跳过”。
"""

SHOWS = Question(
    name="shows",
    title=_("What an image shows"),
    asks=_("Does this image show “{text}”?"),
    guideline={"en": SHOWS_EN, "zh": SHOWS_ZH},
    examples=examples(
        "en",
        ("red · a red dress on a hanger", "accept", "The thing itself can be seen."),
        ("water repellent · drops rolling off a sleeve", "accept", "The effect is at work."),
        ("camping · a tent and a lamp in the dark", "accept", "The scenario, though no product is in sight."),
        ("fragrance free · a white jar", "reject", "A jar does not show it."),
        ("long sleeves · a T-shirt with short ones", "reject", "It shows the opposite."),
        ("machine washable · the words printed on a label", "reject", "It can be read but not seen."),
        ("soft · a folded sweater", "unsure", "It looks soft to some and like any sweater to others."),
    )
    + examples(
        "zh",
        ("红色 · 衣架上的红色连衣裙", "accept", "东西本身看得见。"),
        ("防泼水 · 水珠从袖子上滚落", "accept", "效果看得见。"),
        ("露营 · 夜里的帐篷和灯", "accept", "是这个场景，没有商品也算。"),
        ("无香精 · 一个白色的罐子", "reject", "光看罐子看不出来。"),
        ("长袖 · 一件短袖T恤", "reject", "正好相反。"),
        ("可机洗 · 水洗标上印着这几个字", "reject", "只能读到，画面里没有。"),
        ("柔软 · 一件叠好的毛衣", "unsure", "有人觉得看着软，有人觉得就是件毛衣。"),
    ),
)
