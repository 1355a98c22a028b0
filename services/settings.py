"""Settings: environment variables with the prefix SIGHTLINE_, or a .env file."""

import os
import re
import ssl
import tomllib
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.faults import faults_of
from schemas.policy import Policy
from schemas.recipients import Recipients
from services.assessment.rulebook import faults_of_policy
from services.logs import COUNCIL, LogFormat

_HERE = "http://localhost:8000"
_ADDRESS = re.compile(r"https?://([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?/?")
"""A host of its own: pages, links and cookies know no other place than its root."""

Model = TypeVar("Model", bound=BaseModel)


class SettingsError(Exception):
    """A setting or a file that it names is wrong; the message says what and how to mend it."""


class Settings(BaseSettings):
    """Everything that differs between installations."""

    model_config = SettingsConfigDict(
        env_prefix="SIGHTLINE_", env_file=".env", env_file_encoding="utf-8", extra="ignore"
    )

    nats_url: str = ""
    nats_ca_file: Path | None = None
    nats_cert_file: Path | None = None
    nats_key_file: Path | None = None
    nats_replicas: int = 1
    nats_max_bytes: int = 4 * 1024**3
    database_url: str = ""
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = "sightline@localhost"
    data_dir: Path = Path(".sightline")
    policy: Path | None = None
    recipients: Path | None = None
    measures: Path | None = None
    base_url: str = _HERE
    case_url: str = ""
    pages_host: str = "127.0.0.1"
    pages_port: int = 8000
    insecure: bool = False
    log_format: LogFormat = LogFormat.TEXT
    traces_url: str = ""
    probes_host: str = "127.0.0.1"
    probes_port: int = 0
    trusted_proxies: str = "127.0.0.1"
    session_idle_minutes: int = 30
    session_hours: int = 12
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_identity_claim: str = "oid"
    oidc_staff_claim: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_files(cls, given: Any) -> Any:
        """Settings whose value stands in a file, which SIGHTLINE_..._FILE names.

        Raises:
            SettingsError: a file cannot be read, or a setting is given in both ways.
        """
        for name in cls.model_fields:
            variable = f"SIGHTLINE_{name.upper()}"
            file = os.environ.get(f"{variable}_FILE")
            if not file:
                continue
            if os.environ.get(variable):
                raise SettingsError(
                    f"{variable} and {variable}_FILE are both set; set one of them."
                )
            try:
                given = {**given, name: Path(file).read_text("utf-8").rstrip("\r\n")}
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(
                    f"{variable}_FILE names {file}, which cannot be read."
                ) from error
        return given

    @model_validator(mode="after")
    def _in_the_clear_on_this_machine_alone(self) -> Self:
        """Pages that others can reach have to be under https, unless it is said.

        Raises:
            SettingsError: they are not.
        """
        here = self.pages_host in ("127.0.0.1", "::1", "localhost")
        if not (here or self.insecure or self.base_url.startswith("https://")):
            raise SettingsError(
                f"SIGHTLINE_BASE_URL is {self.base_url}, SIGHTLINE_PAGES_HOST {self.pages_host}: "
                "whoever listens could read cookies and cases. Put a proxy with TLS before it and "
                "name its https address; or set SIGHTLINE_INSECURE=true where that is meant."
            )
        return self

    @field_validator("base_url")
    @classmethod
    def _without_path(cls, address: str) -> str:
        """Pages are served at the root of their host: links and cookies know no other place."""
        if not address:
            return _HERE
        if not _ADDRESS.fullmatch(address):
            raise PydanticCustomError(
                "address", "it must be an address without a path, such as https://sightline.example"
            )
        return address

    def nats_tls(self) -> ssl.SSLContext | None:
        """The certificates for the broker; None where the machine's own will do.

        Raises:
            SettingsError: a file holds none.
        """
        if self.nats_ca_file is None and self.nats_cert_file is None:
            return None
        try:
            context = ssl.create_default_context(cafile=self.nats_ca_file)
            if self.nats_cert_file is not None:
                context.load_cert_chain(self.nats_cert_file, self.nats_key_file, "")
        except OSError as error:
            raise SettingsError(
                f"SIGHTLINE_NATS_CA_FILE, _CERT_FILE or _KEY_FILE cannot be read: {error}."
            ) from error
        return context

    def make_data_dir(self) -> None:
        """Make the data directory where there is none: nobody else on the machine looks into it."""
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def broker_dir(self) -> Path:
        """Where the embedded broker keeps its store."""
        return self.data_dir / "nats"

    @property
    def mailbox(self) -> Path:
        """Where mail is kept when no mail server is set."""
        return self.data_dir / "mailbox"

    @property
    def effective_database_url(self) -> str:
        """The database, or the embedded one in the data directory."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'sightline.sqlite'}"

    @property
    def embedded_database(self) -> bool:
        """Whether the database is the one in the data directory."""
        return not self.database_url


def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: one of them is wrong.
    """
    try:
        # One council of many is set by its own files alone, whatever folder a command starts in.
        return Settings(_env_file=None) if os.environ.get(COUNCIL) else Settings()
    except ValidationError as error:
        faults = " ".join(
            fault.sentence.replace(fault.field, f"SIGHTLINE_{fault.field.upper()}", 1)
            for fault in faults_of(error)
        )
        raise SettingsError(faults) from error


def load_policy(path: Path | None) -> Policy:
    """The council's policy; the shipped default where no file is named.

    Raises:
        SettingsError: the file cannot be read, or a policy may not say what it says.
    """
    if path is None:
        return Policy()
    policy = _load(path, Policy)
    if faults := faults_of_policy(policy):
        raise SettingsError(f"{path}: " + " ".join(faults))
    return policy


def load_recipients(path: Path | None) -> Recipients:
    """Who is sent a digest.

    Raises:
        SettingsError: the file cannot be read, or says something wrong.
    """
    return Recipients() if path is None else _load(path, Recipients)


def _load(path: Path, model: type[Model]) -> Model:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}.") from error
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults = " ".join(fault.sentence for fault in faults_of(error))
        raise SettingsError(f"{path}: {faults}") from error
