"""Mail: building a message of text and HTML, and sending it over SMTP or to a mailbox folder."""

import hashlib
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

_TIMEOUT = 30.0
_FAREWELL_SECONDS = 2.0
_NO_SUCH_ADDRESS = frozenset({550, 551, 553})


class MailError(Exception):
    """Mail could not be handed over. `permanent` says whether trying again is of any use."""

    def __init__(self, why: str, *, permanent: bool) -> None:
        super().__init__(why)
        self.permanent = permanent


class Transport(Protocol):
    """Where mail goes."""

    async def send(self, message: EmailMessage, address: str) -> None:
        """Hand a message over.

        Raises:
            MailError: it was not taken.
        """


def message_id(week: str, recipient: str, sender: str) -> str:
    """The Message-ID, one for each week and recipient, so that a mail sent twice shows as one."""
    domain = sender.rsplit("@", 1)[-1].strip("<> ") or "sightline.invalid"
    token = hashlib.sha256(f"{week}\x1f{recipient}".encode()).hexdigest()[:24]
    return f"<{week.lower()}.{token}@{domain}>"


class Attachment(NamedTuple):
    """A file that goes with a mail."""

    name: str
    media: str
    content: bytes


def build_message(
    *,
    sender: str,
    address: str,
    subject: str,
    html: str,
    text: str,
    id_: str,
    at: datetime,
    attached: Sequence[Attachment] = (),
) -> EmailMessage:
    """One mail with a plain-text and an HTML part, and files."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = address
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = id_
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = "Sightline weekly digest <digest.sightline>"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for file in attached:
        main, _, sub = file.media.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message


class Mailbox:
    """A folder of .eml files, used where no mail server is set; a mail sent twice is one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, message: EmailMessage, address: str) -> None:
        """Keep the mail in the folder."""
        del address
        # A header that was folded, since it is long, comes back with a space before it.
        name = str(message["Message-ID"]).strip("<> ").split("@")[0]
        path = self.folder / f"{name}.eml"
        unfinished = path.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(message.as_bytes())
            unfinished.replace(path)
        except OSError as error:
            raise MailError(f"the mailbox: {error.strerror}", permanent=False) from error


class SmtpServer:
    """A mail server by URL: smtp://user:password@host:587, or smtps:// for TLS from the start.

    TLS is required unless the server is on loopback.
    """

    def __init__(self, url: str, *, verify: ssl.SSLContext | None = None) -> None:
        split = urlsplit(url)
        if split.scheme not in {"smtp", "smtps"} or not split.hostname:
            raise ValueError(
                "SIGHTLINE_SMTP_URL must be smtp://host:port or smtps://host:port, "
                "with user:password@ before the host where the server asks for them"
            )
        self.host = split.hostname
        self.implicit_tls = split.scheme == "smtps"
        self.port = split.port or (465 if self.implicit_tls else 587)
        self.username = unquote(split.username) if split.username else None
        self.password = unquote(split.password) if split.password else None
        self.verify = verify

    async def send(self, message: EmailMessage, address: str) -> None:
        """Send over SMTP. Where this is cancelled, the connection is closed without a farewell."""
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            use_tls=self.implicit_tls,
            start_tls=None if self.implicit_tls else self._start_tls(),
            tls_context=self.verify,
            timeout=_TIMEOUT,
        )
        try:
            await client.connect()
            await client.send_message(message, recipients=[address])
            with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.quit(timeout=_FAREWELL_SECONDS)
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = max(refusal.code for refusal in error.recipients)
            raise MailError(
                f"the address was refused ({code})", permanent=code in _NO_SUCH_ADDRESS
            ) from error
        except aiosmtplib.SMTPResponseException as error:
            # Whatever else a server refuses may be its own fault, and mended: it is tried again.
            raise MailError(f"the mail server answered {error.code}", permanent=False) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            raise MailError(
                f"the mail server could not be used ({type(error).__name__})", permanent=False
            ) from error
        finally:
            client.close()

    def _start_tls(self) -> bool | None:
        """Required; on loopback used where the server offers it."""
        return None if _is_loopback(self.host) else True


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        pass
    try:
        found = {str(item[4][0]) for item in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(item).is_loopback for item in found)
