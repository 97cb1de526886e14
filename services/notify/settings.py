"""Settings of notify alone: `HUIYIN_NOTIFY__CUSTOMER_URL`."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class NotifySettings(BaseSettings):
    """customer_url: an Apprise address with {phone} or {email}, by which customers are told; without one, their notices
    go to the file. timeout_s: how long one address may take to accept a notice."""

    model_config = SettingsConfigDict(env_prefix="HUIYIN_NOTIFY__", extra="ignore")

    customer_url: SecretStr | None = None
    timeout_s: float = Field(default=15.0, ge=1, le=60)
