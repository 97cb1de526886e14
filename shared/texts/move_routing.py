"""Moves of the desk."""

from shared.texts.catalogue import Text

TEXTS = {
    "move.admit": Text("受理", "admit"),
    "move.assign": Text("派单", "assign"),
}
