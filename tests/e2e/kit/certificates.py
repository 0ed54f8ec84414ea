"""An authority of a test's own, and the certificates that it signs."""
import datetime
import ipaddress
import ssl
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(text):
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _certificate(key, subject, issuer, begins_s, ends_s):
    now = datetime.datetime.utcnow()
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(seconds=begins_s))
            .not_valid_after(now + datetime.timedelta(seconds=ends_s)))


@dataclass
class Identity:
    cert: str
    key: str
    serial: int

    @property
    def flags(self):
        return ["--tls-cert", self.cert, "--tls-key", self.key]


class Authority:
    def __init__(self, folder, name="test authority"):
        self._folder = folder
        self._folder.mkdir(exist_ok=True)
        self._name = _name(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        own = (_certificate(self._key, self._name, self._name, -86400, 86400)
               .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
               .add_extension(usage, critical=True).sign(self._key, hashes.SHA256()))
        self.file = str(folder / "ca.pem")
        (folder / "ca.pem").write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def identity(self, file="server", *, names=("localhost", "127.0.0.1"), begins_s=-3600, ends_s=3600):
        """A key and its certificate in FILE.key and FILE.pem; written beside and renamed, as tools that renew do."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = (_certificate(key, _name(file), self._name, begins_s, ends_s)
                .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
                .sign(self._key, hashes.SHA256()))
        pem, nothing = serialization.Encoding.PEM, serialization.NoEncryption()
        self._write(file + ".key", key.private_bytes(pem, serialization.PrivateFormat.PKCS8, nothing))
        self._write(file + ".pem", made.public_bytes(pem))
        return Identity(str(self._folder / (file + ".pem")), str(self._folder / (file + ".key")), made.serial_number)

    def _write(self, name, data):
        part = self._folder / (name + ".part")
        part.write_bytes(data)
        part.chmod(0o600)
        part.rename(self._folder / name)

    def trusting(self, identity=None, version=None):
        """A client's context that trusts this authority alone; with an identity of its own, and of one version."""
        context = ssl.create_default_context(cafile=self.file)
        if identity:
            context.load_cert_chain(identity.cert, identity.key)
        if version:
            context.minimum_version = context.maximum_version = version
        return context
