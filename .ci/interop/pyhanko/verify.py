"""What pyHanko says of each file, `verify.py CASES`: AdES validation with time (ETSI EN 319 102-1 clause 5.5), revocation required.

pyHanko looks for revocation data in PDF files, and not in the field `crls` of a SignedData. So this program, as any that uses it, takes them out and hands
them over.
"""

import asyncio
import base64
import hashlib
import logging
import re
import sys
from datetime import datetime, timezone

from asn1crypto import cms, crl, ocsp, tsp, x509
from pyhanko.sign.validation.ades import (
    ades_basic_validation,
    ades_timestamp_validation,
    ades_with_time_validation,
)
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

logging.disable(logging.CRITICAL)


def read(file):
    with open(file, "rb") as opened:
        return opened.read()


def blocks(file, label):
    """The DER of each block of this label in a PEM file; none where no file is named."""
    if file == "-":
        return []
    text = re.findall(f"-----BEGIN {label}-----([^-]*)-----END", read(file).decode())
    return [base64.b64decode(block) for block in text]


def certificates(file):
    return [x509.Certificate.load(der) for der in blocks(file, "CERTIFICATE")]


class Revocation:
    """CRLs and OCSP responses from a PEM file, from a SignedData and from the tokens in it."""

    def __init__(self, file):
        self.crls = [CRLContainer(crl.CertificateList.load(der)) for der in blocks(file, "X509 CRL")]
        responses = [ocsp.OCSPResponse.load(der) for der in blocks(file, "OCSP RESPONSE")]
        self.ocsps = [container for response in responses for container in OCSPContainer.load_multi(response)]

    def take_from(self, signed_data):
        for choice in signed_data["crls"] or []:
            if choice.name == "crl":
                self.crls.append(CRLContainer(choice.chosen))
            elif choice.chosen["other_rev_info_format"].native == "ocsp_response":
                self.ocsps.extend(OCSPContainer.load_multi(choice.chosen["other_rev_info"]))
        for signer_info in signed_data["signer_infos"]:
            for attribute in signer_info["unsigned_attrs"] or []:
                if attribute["type"].native == "signature_time_stamp_token":
                    for token in attribute["values"]:
                        self.take_from(token["content"])


def specification(columns, signed_data):
    anchors = certificates(columns[6]) + certificates(columns[7])
    revocation = Revocation(columns[9])
    revocation.take_from(signed_data)
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=anchors),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    return SignatureValidationSpec(
        cert_validation_policy=policy,
        revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        local_knowledge=LocalKnowledge(
            known_crls=revocation.crls, known_ocsps=revocation.ocsps, known_certs=certificates(columns[8])
        ),
    )


def timing(now):
    now = datetime.now(timezone.utc) if now == "-" else datetime.fromisoformat(now.replace("Z", "+00:00"))
    return ValidationTimingInfo(validation_time=now, best_signature_time=now, point_in_time_validation=True)


async def verdict(columns):
    kind, octets = columns[1], read(columns[4])
    if kind == "timestamp":
        signed_data = tsp.TimeStampResp.load(octets)["time_stamp_token"]["content"]
    else:
        signed_data = cms.ContentInfo.load(octets)["content"]
    spec, digest = specification(columns, signed_data), None
    if kind == "timestamp":
        def of_payload(algorithm):
            return hashlib.new(algorithm, read(columns[5])).digest()

        return said(await ades_timestamp_validation(signed_data, spec, of_payload, timing(columns[3])))
    if kind == "payload-signature":
        algorithm = signed_data["signer_infos"][0]["digest_algorithm"]["algorithm"].native
        digest = hashlib.new(algorithm, read(columns[5])).digest()
    # With time it wants a timestamp; what has none, or has it in an evidence record, is judged as of the verification.
    unsigned = signed_data["signer_infos"][0]["unsigned_attrs"] or []
    is_stamped = any(attribute["type"].native == "signature_time_stamp_token" for attribute in unsigned)
    validate = ades_with_time_validation if is_stamped else ades_basic_validation
    return said(await validate(signed_data, spec, timing_info=timing(columns[3]), raw_digest=digest))


def said(result):
    indication = type(result.ades_subindic).__name__.removeprefix("AdES")
    names = {"Passed": "TOTAL-PASSED", "Failure": "TOTAL-FAILED", "Indeterminate": "INDETERMINATE"}
    if indication == "Passed":
        return names[indication] + "\t-"
    return f"{names[indication]}/{result.ades_subindic.name}\t{result.failure_msg}"


def main():
    for line in read(sys.argv[1]).decode().splitlines():
        columns = line.split("\t")
        try:
            answer = asyncio.run(verdict(columns))
        except Exception as error:  # noqa: BLE001: whatever it is, it is the answer
            answer = f"refuses\t{type(error).__name__}: {error}"
        answer = answer.replace("\n", " ")
        print(columns[0], columns[2], answer, sep="\t")


main()
