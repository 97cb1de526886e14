"""Forms of pages: plain fields, judged as strictly as JSON."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from shared.errors import FieldError, Invalid, Malformed
from shared.web.json_body import has_control_character, pointer_of

_MAX_FIELDS = 200


async def read_form(request: Request) -> dict[str, str]:
    """The fields of an urlencoded form; of a repeated field the last value counts.

    Raises Malformed for what is no form in UTF-8, Invalid naming the fields with control characters.
    """
    try:
        fields = parse_qsl(
            (await request.body()).decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS
        )
    except UnicodeDecodeError as error:
        raise Malformed(FieldError("", "json_not_utf8", {"position": error.start + 1})) from None
    except ValueError:
        raise Malformed from None
    errors = [
        FieldError(pointer_of(name), "control_character")
        for name, value in fields
        if has_control_character(name) or has_control_character(value)
    ]
    if errors:
        raise Invalid(*errors[:20])
    return dict(fields)
