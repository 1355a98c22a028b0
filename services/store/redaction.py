"""Taking a case out of mails that were kept: its rows and lines go, and what names it."""

import re
from collections.abc import Collection
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

ERASED, RESTRICTED = "(erased)", "(restricted to named people)"
"""What stands in place of a case that was taken out, or that the reader may not see."""

_HTML_ROW = re.compile(r"<(tr|li)\b(?:(?!<\1\b).)*?</\1>", re.DOTALL)
"""A row of a table, or an item of a list, that holds no other."""


def naming(names: Collection[str]) -> re.Pattern[str]:
    """What finds these case references, each whole, and no longer one that one of them begins.

    One of digits alone is a number anywhere but where a mail prints a reference: before a colon or
    the end of an element, and in a link.
    """
    whole = [
        rf"(?<![\w.:/,#-]){re.escape(name)}"
        + (r"(?=: |</)" if name.isdigit() else r"(?![\w/-]|[.:][\w/-])")
        for name in sorted(names, key=len, reverse=True)
    ]
    linked = [rf"(?<=/cases/){re.escape(name)}(?![\w/-]|[.:][\w/-])" for name in sorted(names)]
    return re.compile("|".join((*whole, *linked)))


def names_one(message: bytes, named: re.Pattern[str]) -> bool:
    """Whether a mail names one of the cases."""
    return any(named.search(text) for _, text in _texts(_read(message)))


def redacted(message: bytes, named: re.Pattern[str], instead: str = ERASED) -> bytes:
    """A mail without the cases: their rows and lines, and any link that names them."""
    mail = _read(message)
    for part, text in _texts(mail):
        if not named.search(text):
            continue
        without = (_html_without if _is_html(part) else _text_without)(text, named, instead)
        headers = [(name, value) for name, value in part.items() if name.lower() not in _OF_CONTENT]
        part.set_content(named.sub(instead, without), subtype=part.get_content_subtype())
        for name, value in headers:
            if name not in part:
                part[name] = value
    return mail.as_bytes(policy=SMTP)


_OF_CONTENT = frozenset({"content-type", "content-transfer-encoding", "mime-version"})


def _read(message: bytes) -> EmailMessage:
    return message_from_bytes(message, EmailMessage, policy=SMTP)


def _texts(mail: EmailMessage) -> list[tuple[EmailMessage, str]]:
    parts = [part for part in mail.walk() if isinstance(part, EmailMessage)]
    return [
        (part, str(part.get_content())) for part in parts if part.get_content_maintype() == "text"
    ]


def _is_html(part: EmailMessage) -> bool:
    return part.get_content_subtype() == "html"


def _html_without(text: str, named: re.Pattern[str], instead: str) -> str:
    def row(found: re.Match[str]) -> str:
        if not named.search(found[0]):
            return found[0]
        cell = f"<td>{instead}</td>" if found[1] == "tr" else instead
        return f"<{found[1]}>{cell}</{found[1]}>"

    return _HTML_ROW.sub(row, text)


def _text_without(text: str, named: re.Pattern[str], instead: str) -> str:
    """Without each line that names a case, and the lines beneath it that are indented."""
    kept: list[str] = []
    blocks: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("  ") and blocks:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    for block in blocks:
        kept += [instead] if any(named.search(line) for line in block) else block
    return "\n".join(kept) + "\n"
