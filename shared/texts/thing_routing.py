"""Nouns of routing."""

from shared.texts.catalogue import Text

TEXTS = {
    "thing.move": Text("操作", "move"),
}
