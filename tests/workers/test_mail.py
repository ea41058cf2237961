"""Notices by mail, handed to a real SMTP server: what is in them, what is not, and what happens when it is away."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.config import Settings, SettingsError, read_settings
from app.core.db import session, transaction
from app.core.outbox import Job
from app.reports import notices, review
from app.reports.work import Notice
from tests.app.reports.conftest import Desk, desk  # noqa: F401  (a fixture)
from tests.conftest import free_port
from workers.tasks import mail


class Letterbox:
    """Keeps what the server was handed."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 (the server calls it so)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, int]]:
    """A mail server on this machine and its port."""
    box, port = Letterbox(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


def config(settings: Settings, port: int, **given) -> Settings:
    mailing = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_from": "blotter@agency.example",
        "public_url": "https://blotter.agency.example/",
    }
    return settings.model_copy(update=mailing | given)


@pytest.fixture
def returned(desk: Desk) -> Notice:  # noqa: F811
    """A notice of a return to an officer who wants mail."""
    with transaction():
        notices.set_address("i.reyes@agency.example", actor=desk.author)
    desk.submit()
    with transaction():
        review.return_to_author(desk.report, notes="Say who SECRETLY was in the car.", actor=desk.reviewer)
    return notices.of(desk.officer.id)[0]


def test_the_mail_names_the_report_and_links_to_it_and_says_nothing_of_its_text(
    letterbox,
    returned,
    settings,
    desk,  # noqa: F811
) -> None:
    box, port = letterbox
    assert mail.send(returned.id, config(settings, port)) is True
    [letter] = box.letters
    assert letter["To"] == "i.reyes@agency.example"
    assert letter["Subject"] == f"Report {desk.incident.number} was returned"
    body = letter.get_content()
    assert f"https://blotter.agency.example/reports/{desk.report_id}" in body
    whole = letter.as_string()
    for secret in ("SECRETLY", "greeted", "mumbled", "Main Street", "Reyes (", desk.incident.kind.title):
        assert secret not in whole
    assert session().get_one(Notice, returned.id).mailed_at is not None


def test_a_job_that_runs_twice_mails_once(letterbox, returned, settings) -> None:
    box, port = letterbox
    assert mail.send(returned.id, config(settings, port))
    assert not mail.send(returned.id, config(settings, port))
    assert len(box.letters) == 1


def test_without_a_server_in_the_settings_nothing_is_sent(letterbox, returned, settings) -> None:
    box, _ = letterbox
    assert mail.send(returned.id, settings) is False
    assert box.letters == []


def test_a_server_that_is_away_is_tried_again_later_and_then_given_up(returned, settings) -> None:
    nowhere = config(settings, free_port())
    before = session().scalar(sa.select(sa.func.count()).select_from(Job))
    for attempt in range(1, mail.MOST_ATTEMPTS + 1):
        assert mail.send(returned.id, nowhere) is False
        assert session().get_one(Notice, returned.id).attempts == attempt
    kept = session().get_one(Notice, returned.id)
    assert (kept.mailed_at, kept.mail_error) == (None, "ConnectionRefusedError")
    jobs = list(session().scalars(sa.select(Job).order_by(Job.id)))[before:]
    assert len(jobs) == mail.MOST_ATTEMPTS - 1
    waits = [(job.due_at - job.created_at) for job in jobs]
    assert waits == sorted(waits)
    assert waits[0] >= timedelta(seconds=59)


def test_an_officer_who_took_the_address_back_gets_none(letterbox, returned, settings, desk) -> None:  # noqa: F811
    box, port = letterbox
    with transaction():
        notices.set_address("", actor=desk.author)
    assert mail.send(returned.id, config(settings, port)) is False
    assert box.letters == []


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate of its own, and a client's that trusts it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(moment - timedelta(hours=1))
        .not_valid_after(moment + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "mail.pem"
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))


def test_it_encrypts_proves_the_server_and_signs_in(certificate, settings) -> None:
    """STARTTLS with a certificate that is trusted, and a user; with one that is not, nothing is handed over."""
    server_side, trust = certificate
    box, port, seen = Letterbox(), free_port(), []

    def authenticate(_server, _session, _envelope, _mechanism, data) -> AuthResult:
        seen.append((data.login, data.password))
        return AuthResult(success=True)

    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=port,
        tls_context=server_side,
        require_starttls=True,
        authenticator=authenticate,
        auth_required=True,
    )
    controller.start()
    try:
        chosen = config(settings, port, smtp_security="starttls", smtp_user="blotter", smtp_password="s3cret")
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "x"
        message.set_content("x")
        with pytest.raises(ssl.SSLError):
            mail.deliver(message, chosen)
        assert box.letters == []
        mail.deliver(message, chosen, trust=trust)
        assert len(box.letters) == 1
        assert seen == [(b"blotter", b"s3cret")]
    finally:
        controller.stop()


def test_a_server_that_does_not_encrypt_is_handed_nothing(letterbox, settings) -> None:
    import smtplib

    box, port = letterbox
    message = EmailMessage()
    message["From"], message["To"] = "a@b.example", "c@d.example"
    with pytest.raises(smtplib.SMTPNotSupportedError):
        mail.deliver(message, config(settings, port, smtp_security="starttls"))
    assert box.letters == []


def test_settings_for_mail_are_whole_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOTTER_SMTP_HOST", "mail.agency.example")
    with pytest.raises(SettingsError) as stopped:
        read_settings()
    for name in ("SMTP_FROM", "PUBLIC_URL"):
        assert f"BLOTTER_{name}" in str(stopped.value)
