"""Relation sentences: does this sentence say that one thing satisfies, needs or causes the other?

After AliMe KG 4.4: sentences that hold a pair of ends are collected, and each is judged by itself, because
many of them name both without saying the relation.
"""

from django.utils.translation import gettext_lazy as _

from annotation.kinds import Kind
from annotation.models import BadReason
from mining.kinds import labelling
from mining.kinds.relation_sentence.features import features
from mining.kinds.relation_sentence.proposals import on_accept
from mining.kinds.relation_sentence.questions import CAUSE, NEED, SATISFY
from mining.kinds.relation_sentence.source import count, offered, source
from mining.kinds.trail import withdraw
from mining.models import RelationCandidate

LABEL_CONFIG = """\
<View>
  <Style>.sentence { font-size: 22px; line-height: 1.8; padding: 16px 0 }</Style>
  <Header value="$question" size="4"/>
  <Text name="category" value="$category"/>
  <Labels name="ends" toName="sentence">
    <Label value="subject" background="#0072b2"/>
    <Label value="object" background="#c45500"/>
  </Labels>
  <View className="sentence"><Text name="sentence" value="$text"/></View>
  <Choices name="answer" toName="sentence" choice="single-radio" required="true" showInLine="true">
    <Choice value="accept" alias="accept" hotkey="j"/>
    <Choice value="reject" alias="reject" hotkey="f"/>
    <Choice value="unsure" alias="unsure" hotkey="u"/>
    <Choice value="skip" alias="skip" hotkey="s"/>
  </Choices>
</View>
"""

RELATION_SENTENCE = Kind(
    name="relation_sentence",
    title=_("Relation sentences"),
    model=RelationCandidate,
    template="annotation/kinds/_relation_sentence.html",
    questions={question.name: question for question in (SATISFY, NEED, CAUSE)},
    source=source,
    count=count,
    offer=offered,
    on_accept=on_accept,
    on_withdraw=withdraw,
    features=features,
    label_config=LABEL_CONFIG,
    label_task=labelling.relation_sentence,
    bad_reasons=(BadReason.WRONG_BOUNDARY, BadReason.WRONG_TYPE, BadReason.OUTDATED),
)
