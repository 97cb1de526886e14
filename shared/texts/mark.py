"""What is done with a form, as people call it."""

from shared.texts.catalogue import Text

TEXTS = {
    "mark.none": Text("无", "nothing"),
    "mark.fill": Text("填写", "fill"),
    "mark.sign": Text("签署", "sign"),
    "mark.return": Text("交回", "give back"),
    "mark.confirm": Text("核对确认", "confirm"),
}
