"""Nouns of routing."""

from shared.texts.catalogue import Text

TEXTS = {
    "thing.step": Text("步骤", "step"),
    "thing.form": Text("表单", "form"),
    "thing.move": Text("操作", "move"),
}
