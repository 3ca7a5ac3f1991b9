"""Phrases: is this a point of interest of a category, is this a user problem? (AliMe KG 4.1 and 4.2)"""

from django.utils.translation import gettext_lazy as _

from annotation.kinds import Kind
from annotation.models import BadReason
from mining.kinds import labelling
from mining.kinds.phrase.features import features
from mining.kinds.phrase.left_out import left_out
from mining.kinds.phrase.proposals import on_accept, on_accept_all, on_withdraw
from mining.kinds.phrase.question_whole import WHOLE
from mining.kinds.phrase.questions import POI, PROBLEM
from mining.kinds.phrase.source import count, offered, source
from mining.models import PhraseCandidate

LABEL_CONFIG = """\
<View>
  <Style>.phrase { font-size: 28px; padding: 16px 0 }</Style>
  <Header value="$question" size="4"/>
  <Text name="category" value="$category"/>
  <View className="phrase"><Text name="phrase" value="$phrase"/></View>
  <Choices name="answer" toName="phrase" choice="single-radio" required="true" showInLine="true">
    <Choice value="accept" alias="accept" hotkey="j"/>
    <Choice value="reject" alias="reject" hotkey="f"/>
    <Choice value="unsure" alias="unsure" hotkey="u"/>
    <Choice value="skip" alias="skip" hotkey="s"/>
  </Choices>
  <Header value="Examples" size="5"/>
  <Text name="examples" value="$examples"/>
</View>
"""

PHRASE = Kind(
    name="phrase",
    title=_("Phrases"),
    model=PhraseCandidate,
    template="annotation/kinds/_phrase.html",
    questions={question.name: question for question in (POI, PROBLEM, WHOLE)},
    source=source,
    count=count,
    left_out=left_out,
    offer=offered,
    on_accept=on_accept,
    on_accept_all=on_accept_all,
    on_withdraw=on_withdraw,
    features=features,
    label_config=LABEL_CONFIG,
    label_task=labelling.phrase,
    bad_reasons=(BadReason.WRONG_BOUNDARY, BadReason.WRONG_TYPE, BadReason.OUTDATED),
)
