"""Serving the local network: this machine's address there, and a certificate for it made on the spot.

Cameras and service workers ask for HTTPS. A root is made for this one address and signs one certificate; its key is
forgotten at once, so that whoever trusts the root on a phone trusts nothing but this station.
"""

import io
import ipaddress
import socket
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.core.clock import now

VALID = timedelta(days=397)  # the longest that browsers take
RENEW = timedelta(days=30)
_FAR_AWAY = ("192.0.2.1", 9)  # TEST-NET-1 (RFC 5737): asking for the way there sends nothing


class NoLocalNetwork(SystemExit):
    """Why a phone could not find this machine, with the remedy."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files a web server needs, and the SHA-256 of the root that a person compares."""

    chain: Path
    key: Path
    root: Path
    fingerprint: str


def root_file(home: Path) -> Path:
    """Where the root to trust lies once it is made."""
    return home / "lan" / "blotter-root.crt"


def local_address() -> str:
    """This machine's address on its network; NoLocalNetwork when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_FAR_AWAY)
            found = str(probe.getsockname()[0])
        except OSError:
            found = ""
    return checked(found)


def checked(address: str) -> str:
    """`address` when a phone beside this machine can reach it; NoLocalNetwork otherwise."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        known = None
    if known is None or known.is_loopback or known.is_unspecified or known.is_link_local:
        raise NoLocalNetwork(
            "This machine has no address on a local network, so that no phone could find it. Join a network, or name "
            "the address with BLOTTER_HOST; `make run` without LAN=1 serves this machine alone."
        )
    return address


def certificate(home: Path, address: str) -> Certificate:
    """The certificate for `address`; made when there is none, when it is for another address or about to end."""
    folder = root_file(home).parent
    made = Certificate(folder / "chain.pem", folder / "key.pem", root_file(home), "")
    if not _still_good(made, address):
        _make(made, address)
    root = x509.load_pem_x509_certificate(made.root.read_bytes())
    told = root.fingerprint(hashes.SHA256()).hex(":").upper()
    return Certificate(made.chain, made.key, made.root, told)


def invitation(address: str, made: Certificate) -> str:
    """What the terminal shows: a QR code that a phone's camera opens, the fingerprint, and how to trust it."""
    drawn = io.StringIO()
    segno.make(f"{address}/phone").terminal(out=drawn, compact=True, border=2)
    return "\n".join(
        [
            drawn.getvalue(),
            f"Scan it with a phone on the same network: {address}/phone",
            "The phone will say that it does not know this station. To trust it, open",
            f"{address}/lan.crt, install it as a certificate authority, and compare its SHA-256:",
            made.fingerprint,
            "",
        ]
    )


def _still_good(made: Certificate, address: str) -> bool:
    if not (made.chain.is_file() and made.key.is_file() and made.root.is_file()):
        return False
    leaf = x509.load_pem_x509_certificate(made.chain.read_bytes())
    named = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    mine = ipaddress.ip_address(address) in named.get_values_for_type(x509.IPAddress)
    return mine and leaf.not_valid_after_utc > now() + RENEW


def _make(made: Certificate, address: str) -> None:
    ip = ipaddress.ip_address(address)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Blotter station at {address}")])
    only_here = x509.NameConstraints([x509.IPAddress(ipaddress.ip_network(address))], None)
    root = _begun(issuer, issuer, root_key.public_key())
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root = root.add_extension(only_here, critical=True).add_extension(_usage(signs=True), critical=True)
    signed_root = root.sign(root_key, hashes.SHA256())
    leaf = _begun(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)]), issuer, key.public_key())
    leaf = leaf.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip)]), critical=False)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = leaf.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
    signed = leaf.add_extension(_usage(signs=False), critical=True).sign(root_key, hashes.SHA256())
    made.root.parent.mkdir(parents=True, exist_ok=True)
    _write_secret(made.key, key)
    pem = [one.public_bytes(serialization.Encoding.PEM) for one in (signed, signed_root)]
    made.chain.write_bytes(b"".join(pem))
    made.root.write_bytes(pem[1])


def _begun(subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    moment = now()
    named = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    dated = named.not_valid_before(moment - timedelta(hours=1)).not_valid_after(moment + VALID - timedelta(hours=1))
    numbered = dated.serial_number(x509.random_serial_number())
    return numbered.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_secret(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
