"""Settings every service shares, read from the environment: `HUIYIN_KAFKA__BOOTSTRAP`, `HUIYIN_DATABASE__URL`, …"""

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class KafkaSettings(BaseModel):
    """bootstrap: `host:port[,host:port]`. prefix: of every topic and consumer group of this installation.

    instance: this process's name in its consumer groups, unique among them and the same after a restart: whoever comes
    back under it takes its partitions over at once. Without one, those of a killed process wait for 45 s.
    security: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL. ca_file: PEM of the broker's authority.
    """

    bootstrap: str = "127.0.0.1:9092"
    prefix: str = Field(default="huiyin", pattern=r"^[a-z][a-z0-9-]{0,40}$")
    replication: int = Field(default=1, ge=1, le=9)
    instance: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._-]{1,100}$")
    security: str = "PLAINTEXT"
    mechanism: str = "SCRAM-SHA-512"
    username: str | None = None
    password: SecretStr | None = None
    ca_file: Path | None = None


class DatabaseSettings(BaseModel):
    """url: `postgresql://…`, one per service, with that service's role. pool: connections kept open."""

    url: SecretStr = SecretStr("postgresql://127.0.0.1/huiyin")
    pool: int = Field(default=10, ge=2, le=100)


class RelaySettings(BaseModel):
    """poll_ms: how soon a commit of another process is noticed; commits of this process are noticed at once."""

    poll_ms: int = Field(default=50, ge=5, le=5000)


class MetricsSettings(BaseModel):
    """token: opens `/metrics` to clients beyond loopback."""

    token: SecretStr | None = None


class AccessSettings(BaseModel):
    """bootstrap_token: acts as operator of the whole group; for the first `huiyin key add` of an installation."""

    bootstrap_token: SecretStr | None = None


class SealSettings(BaseModel):
    """keys: the key ring that seals contact data, newest first; url-safe base64 of 32 bytes each."""

    keys: list[SecretStr] = Field(default_factory=list)


class TelemetrySettings(BaseModel):
    """otlp: endpoint of an OpenTelemetry collector; nothing is exported without one. sample: share of traces kept."""

    otlp: str | None = None
    sample: float = Field(default=0.01, ge=0, le=1)
    log_level: str = "INFO"
    log_format: str = "json"


class Settings(BaseSettings):
    """Everything a service needs to know of its surroundings."""

    model_config = SettingsConfigDict(env_prefix="HUIYIN_", env_nested_delimiter="__", extra="ignore")

    home: Path = Path(".huiyin")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    kafka: KafkaSettings = Field(default_factory=KafkaSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    relay: RelaySettings = Field(default_factory=RelaySettings)
    metrics: MetricsSettings = Field(default_factory=MetricsSettings)
    access: AccessSettings = Field(default_factory=AccessSettings)
    seal: SealSettings = Field(default_factory=SealSettings)
    telemetry: TelemetrySettings = Field(default_factory=TelemetrySettings)
