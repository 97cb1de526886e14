"""Problems of the register."""

from shared.texts.catalogue import Text

TEXTS = {
    "problem.complaint_full.title": Text("投诉记录已满", "The complaint's record is full"),
    "problem.complaint_full.detail": Text(
        "此投诉的文字已达上限，未再追加。请另行登记一件投诉。",
        "The words kept with this complaint have reached their limit and nothing was added. Register a new complaint.",
    ),
}
