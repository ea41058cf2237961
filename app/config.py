"""Every setting, typed. Missing or wrong ones are named all at once, and nothing starts."""

import secrets
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

GIB = 1024**3
MIB = 1024**2


class SettingsError(SystemExit):
    """Settings that cannot work; the message lists each one with its remedy."""


class Settings(BaseSettings):
    """The settings, read from BLOTTER_* in the environment.

    On one machine (`embedded`, the default) nothing need be set: the database, the broker and a random secret live
    under `home`. Otherwise DATABASE_URL, BROKER_URL and SECRET_KEY are required; there is no default secret.
    """

    model_config = SettingsConfigDict(env_prefix="BLOTTER_", extra="ignore")

    embedded: bool = True
    home: Path = Path("var")
    database_url: str = ""
    broker_url: str = ""
    secret_key: str = ""
    agency_name: str = "Springfield Police Department"
    agency_ori: str = "ZZ0000000"
    languages: tuple[Literal["en", "es"], ...] = ("en", "es")

    host: str = "127.0.0.1"
    port: int = Field(default=8600, ge=1, le=65535)
    web_threads: int = Field(default=8, ge=1)
    secure_cookies: bool = False
    behind_proxy: bool = False

    storage: Literal["disk", "s3"] = "disk"
    s3_endpoint: str = ""
    s3_access_key: str = ""
    s3_secret_key: str = ""
    s3_bucket: str = "blotter"
    s3_secure: bool = True
    encrypt: bool = True
    replica_dir: Path | None = None
    second_hash: Literal["none", "sha512", "blake2b", "sha3-256"] = "none"

    keys_dir: Path | None = None
    key_command: str = ""
    witness_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    checkpoint_seconds: int = Field(default=300, ge=10)

    packs_dir: Path | None = None
    device: Literal["cpu", "cuda"] = "cpu"
    decoder: Literal["software", "cuda", "qsv", "vaapi", "videotoolbox", "d3d11va", "amf"] = "software"

    upload_max_bytes: int = Field(default=16 * GIB, ge=1)
    upload_chunk_max_bytes: int = Field(default=100 * MIB, ge=1)
    upload_expires_hours: int = Field(default=72, ge=1)
    uploads_open_max: int = Field(default=100, ge=1)
    uploads_open_max_bytes: int = Field(default=64 * GIB, ge=1)
    uploads_per_hour: int = Field(default=5000, ge=1)
    api_per_minute: int = Field(default=600, ge=1)

    idle_minutes: int = Field(default=30, ge=1, le=30)
    session_hours: int = Field(default=12, ge=1, le=12)
    lockout_attempts: int = Field(default=5, ge=1, le=5)
    lockout_minutes: int = Field(default=15, ge=15)

    step_lease_seconds: int = Field(default=60, ge=2)
    requeue_seconds: int = Field(default=600, ge=1)
    broker_visibility_seconds: int = Field(default=12 * 3600, ge=3600)
    minimum_exposure_minutes: float = Field(default=10.0, ge=0)
    fonts_dir: Path | None = None
    disclosure_states: tuple[Literal["CA", "UT"], ...] = ("CA",)

    nibrs_since: date | None = None
    nibrs_codes: Path | None = None
    nibrs_schemas: Path | None = None
    rephrase_url: str = Field(default="", pattern=r"^(https?://[^\s/@]+(/\S*)?)?$")
    rephrase_model: str = ""
    rephrase_key: str = ""
    rephrase_seconds: float = Field(default=20.0, gt=0, le=300)
    rephrase_anywhere: bool = False
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = ""
    public_url: str = ""
    map_tiles: str = Field(default="", pattern=r"^(https?://[^\s/;,'\"]+(/[^\s;,'\"]*)?)?$")
    map_tiles_by: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = []
        if not self.embedded:
            missing += [n for n in ("database_url", "broker_url", "secret_key") if not getattr(self, n)]
            if self.secret_key and len(self.secret_key) < 32:
                raise ValueError("BLOTTER_SECRET_KEY must have at least 32 characters")
        if self.storage == "s3":
            missing += [n for n in ("s3_endpoint", "s3_access_key", "s3_secret_key") if not getattr(self, n)]
        if self.smtp_host:
            missing += [n for n in ("smtp_from", "public_url") if not getattr(self, n)]
        if self.rephrase_url:
            missing += [n for n in ("rephrase_model",) if not getattr(self, n)]
        if missing:
            names = ", ".join(f"BLOTTER_{name.upper()}" for name in missing)
            raise ValueError(f"set {names}")
        if not self.languages or len(set(self.languages)) != len(self.languages):
            raise ValueError("BLOTTER_LANGUAGES must name each language once, and at least one")
        self.home = self.home.resolve()
        return self

    @property
    def keys(self) -> Path:
        """Where the agency's own keys live."""
        return (self.keys_dir or self.home / "keys").resolve()

    @property
    def packs(self) -> Path:
        """Where model packs live."""
        return (self.packs_dir or self.home / "packs").resolve()

    @property
    def objects(self) -> Path:
        """Where DiskStore keeps sealed files."""
        return self.home / "objects"

    @property
    def intake(self) -> Path:
        """Where uploads land before they are sealed; on the same file system as `objects`."""
        return self.home / "intake"

    @property
    def published(self) -> Path:
        """Where checkpoints are laid out for others to fetch."""
        return self.home / "published"

    @property
    def scratch(self) -> Path:
        """Where workers keep what they are computing; safe to empty when nothing runs."""
        return self.home / "scratch"

    def secret(self) -> str:
        """The key that signs cookies: as set, or a random one kept under `home` on one machine."""
        if self.secret_key:
            return self.secret_key
        kept = self.home / "secret_key"
        self.home.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            fresh = kept.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(48))
            fresh.replace(kept)
        return kept.read_text().strip()


def read_settings() -> Settings:
    """The settings as the environment has them now; SettingsError lists what is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for fault in error.errors(include_url=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            lines.append(f"BLOTTER_{name}: {fault['msg']}" if name else str(fault["msg"]))
        raise SettingsError("Blotter cannot start. " + "; ".join(lines)) from error


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings()
