"""`modcore cert`, its work judged by OpenSSL and by Python's own TLS."""

import json
import ssl
import stat
import subprocess

import pytest
from modcore_cli.cli import app
from modcore_cli.problem import Problem
from typer.testing import CliRunner
from windup.keypair import belong_together


def run(*words):
    return CliRunner().invoke(app, ["cert", *map(str, words)])


def openssl(*words):
    return subprocess.run(
        ["openssl", *map(str, words)], capture_output=True, text=True, check=True
    ).stdout


def test_what_it_makes(tmp_path):
    etc = tmp_path / "garden" / "etc"
    result = run("garden.local", "192.168.1.20", "::1", "*.example.org", "--etc", etc)
    assert result.exit_code == 0, result.output
    text = openssl("x509", "-in", etc / "tls.crt", "-noout", "-text")
    assert "Signature Algorithm: ecdsa-with-SHA256" in text and "NIST CURVE: P-256" in text
    assert "Version: 3" in text and "CA:FALSE" in text and "TLS Web Server Authentication" in text
    for name in (
        "DNS:garden.local",
        "IP Address:192.168.1.20",
        "DNS:*.example.org",
        "0:0:0:0:0:0:0:1",
    ):
        assert name in text
    assert "subject=CN = garden.local" in openssl(
        "x509", "-in", etc / "tls.crt", "-noout", "-subject"
    )
    openssl("verify", "-CAfile", etc / "tls.crt", "-purpose", "sslserver", etc / "tls.crt")
    openssl("x509", "-in", etc / "tls.crt", "-noout", "-checkend", 824 * 86400)
    with pytest.raises(subprocess.CalledProcessError):
        openssl("x509", "-in", etc / "tls.crt", "-noout", "-checkend", 826 * 86400)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(etc / "tls.crt", etc / "tls.key")
    assert stat.S_IMODE((etc / "tls.key").stat().st_mode) == 0o600
    assert json.loads((etc / "windup.json").read_text()) == {
        "port": 443,
        "tls_cert": "tls.crt",
        "tls_key": "tls.key",
        "tls_redirect_port": 80,
    }


def test_nothing_is_lost(tmp_path):
    (tmp_path / "windup.json").write_text('{"connections": 7, "port": 80}')
    assert run("a.local", "--etc", tmp_path, "--port", 8443, "--redirect", 0).exit_code == 0
    settings = json.loads((tmp_path / "windup.json").read_text())
    assert settings["connections"] == 7 and settings["port"] == 8443
    key = (tmp_path / "tls.key").read_bytes()
    problem = run("a.local", "--etc", tmp_path).exception
    assert isinstance(problem, Problem) and "--force" in problem.advice
    assert (tmp_path / "tls.key").read_bytes() == key
    assert run("a.local", "--etc", tmp_path, "--force").exit_code == 0
    assert (tmp_path / "tls.key").read_bytes() != key
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tls.crt", "tls.key", "windup.json"]


@pytest.mark.parametrize("name", ["a b", "", "-x.local", "1.2.3", "a..b", "https://x", "x" * 64])
def test_names_are_checked_before_anything_is_written(tmp_path, name):
    problem = run("--etc", tmp_path / "etc", "--", "garden.local", name).exception
    assert (
        isinstance(problem, Problem) and "neither a host name nor an IP address" in problem.message
    )
    assert not (tmp_path / "etc").exists()


def test_a_broken_configuration_is_left_alone(tmp_path):
    for text in ("{", "[]"):
        (tmp_path / "windup.json").write_text(text)
        assert isinstance(run("a.local", "--etc", tmp_path).exception, Problem)
        assert (tmp_path / "windup.json").read_text() == text
        assert not (tmp_path / "tls.key").exists()


def pair(folder, *key, der=False):
    """A certificate and a key that OpenSSL made."""
    folder.mkdir()
    cert, secret = folder / "cert", folder / "key"
    options = ["-subj", "/CN=x", "-days", "2"]
    openssl(*key, "-out", secret)
    openssl("req", "-x509", "-new", "-key", secret, "-out", cert, *options)
    if der:
        pem, cert, secret = (cert, secret), folder / "cert.der", folder / "key.der"
        openssl("x509", "-in", pem[0], "-outform", "DER", "-out", cert)
        openssl("pkey", "-in", pem[1], "-outform", "DER", "-out", secret)
    elif "RSA" in key:
        openssl("rsa", "-in", secret, "-traditional", "-out", folder / "old")
        assert belong_together(cert.read_bytes(), (folder / "old").read_bytes())
    return cert.read_bytes(), secret.read_bytes()


@pytest.mark.parametrize(
    "key",
    [
        ("ecparam", "-name", "prime256v1", "-genkey"),  # with its parameters before it
        ("ecparam", "-name", "prime256v1", "-genkey", "-noout"),
        ("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
        ("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
    ],
)
@pytest.mark.parametrize("der", [False, True])
def test_pairs_are_told_from_strangers(tmp_path, key, der):
    one = pair(tmp_path / "1", *key, der=der)
    two = pair(tmp_path / "2", *key, der=der)
    assert belong_together(*one) and belong_together(*two)
    assert not belong_together(one[0], two[1]) and not belong_together(two[0], one[1])
    if not der:
        windows = [data.replace(b"\n", b"\r\n") for data in one]
        assert belong_together(*windows) and not belong_together(windows[0], two[1])


def test_its_own_pairs(tmp_path):
    pairs = []
    for n in (1, 2):
        run("a.local", "--etc", tmp_path / str(n))
        pairs.append([(tmp_path / str(n) / name).read_bytes() for name in ("tls.crt", "tls.key")])
    assert belong_together(*pairs[0]) and belong_together(*pairs[1])
    assert not belong_together(pairs[0][0], pairs[1][1])
