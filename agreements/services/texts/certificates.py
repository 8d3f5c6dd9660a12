"""The certificate the agency signs documents with: its own by configuration, or where the settings
allow it one made by the program, marked as a test.
"""

import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pyhanko.sign.signers import SimpleSigner

from agency.rules import Obstacle, Refusal

TEST_NAME = "TEST ONLY - no legal effect (测试证书)"
NO_CERTIFICATE = Obstacle(
    "no_certificate",
    _("The agency has no certificate to sign documents with."),
    rule="A-09",
    remedy=_("Ask the system administrator to configure it, or sign on paper."),
)
_SEED = b"agreement signing, test certificate, no secret"


def is_test() -> bool:
    """Say whether documents are signed with the test certificate."""
    return not settings.AGREEMENT_SIGNING_PKCS12 and settings.AGREEMENT_SIGNING_TEST


def has_certificate() -> bool:
    return bool(settings.AGREEMENT_SIGNING_PKCS12) or settings.AGREEMENT_SIGNING_TEST


def signer() -> SimpleSigner:
    """Return what signs a PDF. Refuses where no certificate is configured or it cannot be read."""
    if not has_certificate():
        raise Refusal([NO_CERTIFICATE])
    if is_test():
        return _load(_test_pkcs12(), b"")
    path = Path(settings.AGREEMENT_SIGNING_PKCS12)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refusal([NO_CERTIFICATE]) from error
    return _load(data, settings.AGREEMENT_SIGNING_PASSPHRASE.encode())


def _load(data: bytes, passphrase: bytes) -> SimpleSigner:
    found = SimpleSigner.load_pkcs12_data(data, other_certs=[], passphrase=passphrase or None)
    if found is None:
        raise Refusal([NO_CERTIFICATE])
    return found


@cache
def _test_pkcs12() -> bytes:
    """Make the test certificate. Its key is derived from a published text: whoever likes can make
    it, which is why it proves nothing, and says so in its name.
    """
    secret = int.from_bytes(hashlib.sha256(_SEED).digest()) >> 1
    key = ec.derive_private_key(secret, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, TEST_NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    return serialize_key_and_certificates(b"test", key, certificate, None, NoEncryption())
