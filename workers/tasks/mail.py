"""Mail: a notice handed to the agency's own mail server. It names the report and holds a link, nothing of what it says."""

import logging
import smtplib
import ssl
import uuid
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from app.config import Settings, settings
from app.core import outbox
from app.core.clock import now
from app.core.db import close_session, session, transaction
from app.reports.work import Notice, NoticeAddress
from workers.celery_app import celery

log = logging.getLogger("blotter.mail")
PATIENCE_SECONDS = 20
MOST_ATTEMPTS = 8


def letter(notice: Notice, address: str, config: Settings) -> EmailMessage:
    """The whole mail: which report, what happened, where to read on."""
    report = notice.report
    said = f"{report.title} {report.incident.number} {notice.kind.words}"
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = config.smtp_from, address, said
    message["Date"] = formatdate(notice.at.timestamp())
    message["Message-ID"] = make_msgid(idstring=str(notice.id), domain=config.smtp_from.rpartition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    link = f"{config.public_url.rstrip('/')}/reports/{report.id}"
    message.set_content(f"{said}.\n\n{link}\n\n{config.agency_name}. Sent by Blotter; nobody reads answers.\n")
    return message


def deliver(message: EmailMessage, config: Settings, *, trust: ssl.SSLContext | None = None) -> None:
    """Hands it to the server in the settings, verified unless BLOTTER_SMTP_SECURITY is none. Raises OSError or
    smtplib.SMTPException; nothing is sent unencrypted after a server refused to encrypt."""
    context = trust or ssl.create_default_context()
    where = (config.smtp_host, config.smtp_port)
    if config.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=PATIENCE_SECONDS, context=context)
    else:
        server = smtplib.SMTP(*where, timeout=PATIENCE_SECONDS)
    with server:
        if config.smtp_security == "starttls":
            server.starttls(context=context)
        if config.smtp_user:
            server.login(config.smtp_user, config.smtp_password)
        server.send_message(message)


def send(notice_id: uuid.UUID, config: Settings) -> bool:
    """Sends one notice's mail; whether it went out now. Not twice once it is noted as sent; a failure is tried again,
    later each time, MOST_ATTEMPTS times in all."""
    with transaction():
        notice = session().get(Notice, notice_id)
        address = session().get(NoticeAddress, notice.officer_id) if notice else None
        if notice is None or address is None or notice.mailed_at is not None or not config.smtp_host:
            return False
        message = letter(notice, address.address, config)
    try:
        deliver(message, config)
    except (OSError, smtplib.SMTPException) as error:
        _note_failure(notice_id, type(error).__name__)
        return False
    with transaction():
        session().get_one(Notice, notice_id).mailed_at = now()
    return True


@celery.task(name="send_notice")
def send_notice(notice_id: str) -> None:
    """Sends one notice's mail."""
    try:
        send(uuid.UUID(notice_id), settings())
    finally:
        close_session()


def _note_failure(notice_id: uuid.UUID, why: str) -> None:
    """The class of the error only: a server's words may repeat an address."""
    with transaction():
        notice = session().get_one(Notice, notice_id)
        notice.attempts += 1
        notice.mail_error = why[:200]
        if notice.attempts < MOST_ATTEMPTS:
            wait = timedelta(minutes=2 ** (notice.attempts - 1))
            outbox.enqueue("send_notice", delay=wait, notice_id=notice_id)
        log.warning("notice %s was not mailed (attempt %d): %s", notice_id, notice.attempts, why)
