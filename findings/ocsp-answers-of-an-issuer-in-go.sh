#!/usr/bin/env bash
# An authority signs an OCSP response itself and puts its own certificate into it, as OpenSSL's responder does. Go's ocsp package reads it from a root and refuses it
# from an intermediate authority.
#
# RFC 6960 §4.2.2.2 lets the issuer of a certificate sign the response, and §4.2.1 lets certificates in it help with that. golang.org/x/crypto/ocsp 0.59.0 takes
# the first certificate of a response for a delegated responder's and asks that the issuer has signed it. It does not look whether it is the issuer. A root has signed
# its own certificate, so the response passes; an intermediate has not, and the answer is "bad OCSP signature", of a response whose signature is good.
# A test with one authority passes, and the chain in production does not. Nor is the order free: the first certificate has to be the responder's.
# What passes everywhere is a delegated responder's certificate, first, or no certificate at all (`-resp_no_certs`) where the issuer signs. Whoever archives other
# people's responses for readers in Go reads them with it first.
#
# Needs OpenSSL 3 and Go.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >extensions.cnf <<'CONFIG'
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign, digitalSignature
[leaf]
basicConstraints = CA:false
[responder]
basicConstraints = CA:false
extendedKeyUsage = OCSPSigning
CONFIG
for name in root intermediate leaf responder; do
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$name.key"
    openssl req -new -key "$name.key" -config extensions.cnf -subj "/CN=$name" -out "$name.csr"
done
issue() { # issue CSR ISSUER SERIAL SECTION OUT
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -set_serial "$3" -days 30 -extfile extensions.cnf -extensions "$4" -out "$5.pem" 2>/dev/null
}
openssl x509 -req -in root.csr -signkey root.key -days 30 -extfile extensions.cnf -extensions authority -out root.pem 2>/dev/null
issue intermediate root 2 authority intermediate
printf 'V\t361231235959Z\t\t07\tunknown\t/CN=leaf\n' >index

respond() { # respond OUT ISSUER SIGNER KEY MORE...
    local out=$1 issuer=$2 signer=$3 key=$4
    shift 4
    openssl ocsp -index index -CA "$issuer.pem" -rsigner "$signer.pem" -rkey "$key.key" -reqin "$issuer.req" -ndays 3 -respout "$out.der" "$@" >/dev/null 2>&1
}
for issuer in root intermediate; do
    issue leaf $issuer 7 leaf leaf-$issuer
    issue responder $issuer 8 responder responder-$issuer
    openssl ocsp -issuer $issuer.pem -cert leaf-$issuer.pem -no_nonce -reqout $issuer.req
    respond $issuer-itself $issuer $issuer $issuer
    respond $issuer-itself-bare $issuer $issuer $issuer -resp_no_certs
    respond $issuer-delegated $issuer responder-$issuer responder -rother $issuer.pem
done

cat >go.mod <<'GO'
module finding

go 1.25
GO
cat >main.go <<'GO'
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"

	"golang.org/x/crypto/ocsp"
)

func main() {
	for _, name := range []string{"root", "intermediate"} {
		text, _ := os.ReadFile(name + ".pem")
		block, _ := pem.Decode(text)
		issuer, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			panic(err)
		}
		for _, signed := range []string{"itself", "itself-bare", "delegated"} {
			octets, _ := os.ReadFile(name + "-" + signed + ".der")
			response, err := ocsp.ParseResponse(octets, issuer)
			if err != nil {
				fmt.Printf("go %s-%s: %v\n", name, signed, err)
			} else if response.Status == ocsp.Good {
				fmt.Printf("go %s-%s: good\n", name, signed)
			}
		}
	}
}
GO
export GOMODCACHE=$folder/modules GOCACHE=$folder/cache GOFLAGS=-modcacherw
go get golang.org/x/crypto/ocsp@v0.59.0 2>/dev/null
{
    for issuer in root intermediate; do
        for signed in itself itself-bare delegated; do
            said=$(openssl ocsp -respin $issuer-$signed.der -issuer $issuer.pem -cert leaf-$issuer.pem -CAfile root.pem -verify_other $issuer.pem 2>&1)
            grep -q '^Response verify OK' <<<"$said" && grep -q ': good$' <<<"$said" && echo "openssl $issuer-$signed: good"
        done
    done
    go run .
} | tee seen
diff - seen <<'EXPECTED'
openssl root-itself: good
openssl root-itself-bare: good
openssl root-delegated: good
openssl intermediate-itself: good
openssl intermediate-itself-bare: good
openssl intermediate-delegated: good
go root-itself: good
go root-itself-bare: good
go root-delegated: good
go intermediate-itself: bad OCSP signature: x509: ECDSA verification failure
go intermediate-itself-bare: good
go intermediate-delegated: good
EXPECTED
openssl version
echo 'golang.org/x/crypto 0.59.0'
echo 'as stated'
