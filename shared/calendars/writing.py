"""Writing a calendar as the YAML that `load_calendar` reads back unchanged."""

from io import StringIO

from ruamel.yaml import YAML

from shared.calendars.document import CalendarDocument


def write_calendar(document: CalendarDocument) -> str:
    """The document as YAML, dates in order; what was left out of the file stays out."""
    content = document.model_dump(mode="json", exclude_none=True)
    content.setdefault("known_until", "none")
    for name in ("holidays", "working_days"):
        content[name] = dict(sorted(content[name].items()))
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # declared without a type
    stream = StringIO()
    yaml.dump(content, stream)
    return stream.getvalue()
