"""Why notify cannot start."""

from shared.texts.catalogue import Text

TEXTS = {
    "startup.notify_customer_url": Text(
        "HUIYIN_NOTIFY__CUSTOMER_URL 不能用：它应是 Apprise 地址，并含有 {{phone}} 或 {{email}}。请改正后重新启动。",
        "HUIYIN_NOTIFY__CUSTOMER_URL does not work: it must be an Apprise address that contains {{phone}} or "
        "{{email}}. Correct it and start again.",
    ),
}
