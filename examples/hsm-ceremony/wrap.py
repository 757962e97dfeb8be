#!/usr/bin/python3
"""The wrap_command of a PKCS#11 token: fingerprints and wraps one secret key that never leaves it.

Reads one JSON object on standard input and answers one on standard output (docs/hsm.md). The key may be sensitive: its value is
never read. The PIN comes from BYOK_HSM_PIN. Faults are one line on standard error and exit code 1.
"""

import argparse
import base64
import json
import os
import sys

import PyKCS11 as p11

FINGERPRINT_TEXT = b"cdktf-byok fingerprint v1"

# Bytes of material that a key of this spec takes.
MATERIAL_BYTES = {"AES_256": 32}

# MGF1 uses the hash of OAEP, and the label is empty: this is what the KMS unwraps.
OAEP = {
    "RSAES_OAEP_SHA_256": (p11.CKM_SHA256, p11.CKG_MGF1_SHA256),
    "RSAES_OAEP_SHA_1": (p11.CKM_SHA_1, p11.CKG_MGF1_SHA1),
}

# Object identifier 1.2.840.113549.1.1.1 in DER.
RSA_ENCRYPTION = bytes.fromhex("06092a864886f70d010101")


class Fault(Exception):
    """Ends the program; its text is for the operator."""


def fingerprint(session, key, _request):
    mac = session.sign(key, FINGERPRINT_TEXT, p11.Mechanism(p11.CKM_SHA256_HMAC))
    return {"fingerprint": "sha256:" + bytes(mac).hex()}


def wrap(session, key, request):
    algorithm, key_spec = request.get("wrapping_algorithm"), request.get("key_spec")
    if algorithm not in OAEP:
        raise Fault(f"wrapping_algorithm is {algorithm!r}; allowed are {', '.join(OAEP)}")
    if key_spec not in MATERIAL_BYTES:
        raise Fault(f"key_spec is {key_spec!r}; allowed are {', '.join(MATERIAL_BYTES)}")
    [length] = session.getAttributeValue(key, [p11.CKA_VALUE_LEN])
    if length != MATERIAL_BYTES[key_spec]:
        raise Fault(f"the key in the token has {length} bytes; {key_spec} needs {MATERIAL_BYTES[key_spec]}")
    modulus, exponent = rsa_numbers(request.get("public_key"))
    # An object of this session only: the token forgets it when the program ends.
    wrapping_key = session.createObject(
        [
            (p11.CKA_CLASS, p11.CKO_PUBLIC_KEY),
            (p11.CKA_KEY_TYPE, p11.CKK_RSA),
            (p11.CKA_TOKEN, p11.CK_FALSE),
            (p11.CKA_PRIVATE, p11.CK_FALSE),
            (p11.CKA_WRAP, p11.CK_TRUE),
            (p11.CKA_MODULUS, modulus),
            (p11.CKA_PUBLIC_EXPONENT, exponent),
        ]
    )
    try:
        wrapped = session.wrapKey(wrapping_key, key, p11.RSAOAEPMechanism(*OAEP[algorithm]))
    except p11.PyKCS11Error as error:
        raise Fault(f"the token does not wrap with {algorithm}: {error}; SoftHSM2 offers RSAES_OAEP_SHA_1 only") from error
    return {"encrypted_key_material": base64.b64encode(bytes(wrapped)).decode("ascii")}


OPERATIONS = {"fingerprint": fingerprint, "wrap": wrap}


def rsa_numbers(public_key):
    """Modulus and exponent of an RFC 5280 SubjectPublicKeyInfo: SEQUENCE { algorithm, BIT STRING { 0, SEQUENCE { n, e } } }."""
    try:
        [spki] = children(base64.b64decode(public_key, validate=True))
        algorithm, bit_string = children(spki)
        [numbers] = children(bit_string[1:])
        modulus, exponent = children(numbers)
    except (TypeError, ValueError, IndexError) as error:
        raise Fault("public_key is not the Base64 of a DER public key for RSA") from error
    if not algorithm.startswith(RSA_ENCRYPTION):
        raise Fault("public_key is not the Base64 of a DER public key for RSA")
    return modulus.lstrip(b"\0"), exponent.lstrip(b"\0")


def children(der):
    """Contents of the DER elements that follow each other."""
    found = []
    while der:
        length, start = der[1], 2
        if length >= 0x80:
            start += length & 0x7F
            length = int.from_bytes(der[2:start], "big")
        found.append(der[start : start + length])
        der = der[start + length :]
    return found


def open_session(module, token):
    pin = os.environ.get("BYOK_HSM_PIN")
    if not pin:
        raise Fault("BYOK_HSM_PIN is not set; it holds the PIN of the token's user")
    # Only BYOK_ variables reach this program; SoftHSM2 looks for its configuration under another name.
    if "BYOK_SOFTHSM2_CONF" in os.environ:
        os.environ["SOFTHSM2_CONF"] = os.environ["BYOK_SOFTHSM2_CONF"]
    library = p11.PyKCS11Lib()
    library.load(module)
    slots = [slot for slot in library.getSlotList(tokenPresent=True) if library.getTokenInfo(slot).label.strip() == token]
    if len(slots) != 1:
        raise Fault(f"{len(slots)} tokens are labelled {token!r}; there must be one")
    session = library.openSession(slots[0], p11.CKF_SERIAL_SESSION)
    session.login(pin)
    return session


def find_key(session, label):
    keys = session.findObjects([(p11.CKA_CLASS, p11.CKO_SECRET_KEY), (p11.CKA_LABEL, label)])
    if len(keys) != 1:
        raise Fault(f"{len(keys)} secret keys are labelled {label!r}; there must be one")
    return keys[0]


def main():
    parser = argparse.ArgumentParser(description="wrap_command of cdktf-byok for a PKCS#11 token")
    parser.add_argument("--module", required=True, help="PKCS#11 library of the HSM")
    parser.add_argument("--token", required=True, help="label of the token")
    parser.add_argument("--key", required=True, help="label of the secret key in it")
    arguments = parser.parse_args()
    request = json.load(sys.stdin)
    if not isinstance(request, dict):
        raise Fault("standard input is not one JSON object")
    operation = OPERATIONS.get(request.get("operation"))
    if operation is None:
        raise Fault(f"operation is {request.get('operation')!r}; allowed are {', '.join(OPERATIONS)}")
    session = open_session(arguments.module, arguments.token)
    print(json.dumps(operation(session, find_key(session, arguments.key), request)))


if __name__ == "__main__":
    try:
        main()
    except (Fault, ValueError) as fault:
        sys.exit(f"wrap.py: {fault}")
    except p11.PyKCS11Error as fault:
        sys.exit(f"wrap.py: the token answered {fault}")
