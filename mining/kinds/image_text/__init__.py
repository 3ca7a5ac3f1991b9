"""Images with texts: does the image show what the text says? (AliMe MKG 2.2.3)"""

from django.utils.translation import gettext_lazy as _

from annotation.kinds import Kind
from annotation.models import BadReason
from mining.kinds import labelling
from mining.kinds.image_text.features import features
from mining.kinds.image_text.proposals import on_accept
from mining.kinds.image_text.questions import SHOWS
from mining.kinds.image_text.source import count, offered, picture, source
from mining.kinds.trail import withdraw
from mining.models import ImageCandidate

LABEL_CONFIG = """\
<View>
  <Style>.shown { font-size: 28px; padding: 16px 0 }</Style>
  <Header value="$question" size="4"/>
  <Image name="image" value="$image" zoom="true" zoomControl="true"/>
  <View className="shown"><Text name="text" value="$text"/></View>
  <Text name="title" value="$title"/>
  <Text name="category" value="$category"/>
  <Choices name="answer" toName="image" choice="single-radio" required="true" showInLine="true">
    <Choice value="accept" alias="accept" hotkey="j"/>
    <Choice value="reject" alias="reject" hotkey="f"/>
    <Choice value="unsure" alias="unsure" hotkey="u"/>
    <Choice value="skip" alias="skip" hotkey="s"/>
  </Choices>
</View>
"""

IMAGE_TEXT = Kind(
    name="image_text",
    title=_("Images with texts"),
    model=ImageCandidate,
    template="annotation/kinds/_image_text.html",
    questions={SHOWS.name: SHOWS},
    source=source,
    count=count,
    offer=offered,
    image=picture,
    on_accept=on_accept,
    on_withdraw=withdraw,
    features=features,
    label_config=LABEL_CONFIG,
    label_task=labelling.image_text,
    bad_reasons=(BadReason.WRONG_IMAGE, BadReason.WRONG_TYPE, BadReason.OUTDATED),
)
