"""Problems of the register."""

from shared.texts.catalogue import Text

TEXTS = {
    "problem.complaint_full.title": Text("投诉记录已满", "The complaint's record is full"),
    "problem.complaint_full.detail": Text(
        "此投诉的文字已达上限，未再追加。请另行登记一件投诉。",
        "The words kept with this complaint have reached their limit and nothing was added. Register a new complaint.",
    ),
    "problem.survey_closed.title": Text("调查已结束", "The survey is closed"),
    "problem.survey_closed.detail": Text(
        "此次调查已结束，不再接受回答。如需补充，请另开一次专项调查。",
        "It takes no more answers. If there is more to ask, open a special survey.",
    ),
    "problem.survey_answered.title": Text("该户已作答", "This household has answered"),
    "problem.survey_answered.detail": Text(
        "每户只记录一次回答，已记录的回答与此不同，未作改动。",
        "Each household answers once. What is on record differs from this, and was not changed.",
    ),
    "problem.survey_not_covered.title": Text("必访住户尚未全部覆盖", "Not everybody who must be asked was asked"),
    "problem.survey_not_covered.detail": Text(
        "还有 {count} 户必访住户（见 households）既无回答，也未记录未能联系的原因。请补记后再结束调查。",
        "{count} household(s) that must be asked (see households) have neither an answer nor a reason why they were "
        "not reached. Record one for each, then close the survey.",
    ),
}
