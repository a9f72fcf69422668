// What the Go packages of digitorus say of each file, `interop CASES`: pkcs7 of the seal and its path at genTime, timestamp of each token and its path.
//
// They judge no revocation and no evidence records.
package main

import (
	"bufio"
	"bytes"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// id-aa-signatureTimeStampToken, RFC 3161 appendix A.
var signatureTimeStamp = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}

func main() {
	table, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(table)
	for lines.Scan() {
		columns := strings.Split(lines.Text(), "\t")
		verdict, detail := judge(columns)
		fmt.Printf("%s\t%s\t%s\t%s\n", columns[0], columns[2], verdict, strings.ReplaceAll(detail, "\n", " "))
	}
}

func judge(columns []string) (verdict, detail string) {
	octets, err := os.ReadFile(columns[4])
	if err != nil {
		panic(err)
	}
	switch columns[1] {
	case "timestamp":
		token, err := timestamp.ParseResponse(octets)
		if err != nil {
			return "refuses", err.Error()
		}
		detail, err = judgeToken(token, read(columns[5]), columns)
	default:
		detail, err = judgeSignature(octets, columns)
	}
	if err != nil {
		return "refuses", err.Error()
	}
	return "passes", detail
}

func judgeSignature(octets []byte, columns []string) (detail string, err error) {
	signedData, err := pkcs7.Parse(octets)
	if err != nil {
		return "", err
	}
	if columns[1] == "payload-signature" {
		signedData.Content = read(columns[5])
	}
	at, err := time.Parse(time.RFC3339, columns[3])
	if err != nil {
		at = time.Now()
	}
	signer := signedData.Signers[0]
	for _, attribute := range signer.UnauthenticatedAttributes {
		if !attribute.Type.Equal(signatureTimeStamp) {
			continue
		}
		token, err := timestamp.Parse(attribute.Value.Bytes)
		if err != nil {
			return "", fmt.Errorf("token: %w", err)
		}
		if detail, err = judgeToken(token, signer.EncryptedDigest, columns); err != nil {
			return "", fmt.Errorf("token: %w", err)
		}
		at = token.Time
	}
	return detail, signedData.VerifyWithOpts(options(columns[6], at, signedData.Certificates, x509.ExtKeyUsageAny))
}

// judgeToken compares the imprint, and validates the path at genTime; Parse has verified the signature, where the token holds certificates.
func judgeToken(token *timestamp.Timestamp, data []byte, columns []string) (string, error) {
	hash := token.HashAlgorithm.New()
	hash.Write(data)
	if !bytes.Equal(hash.Sum(nil), token.HashedMessage) {
		return "", errors.New("another imprint")
	}
	signedData, err := pkcs7.Parse(token.RawToken)
	if err != nil {
		return "", err
	}
	signedData.Certificates = append(signedData.Certificates, certificates(columns[8])...)
	opts := options(columns[7], token.Time, signedData.Certificates, x509.ExtKeyUsageTimeStamping)
	return "genTime " + token.Time.Format(time.RFC3339Nano), signedData.VerifyWithOpts(opts)
}

func options(anchors string, at time.Time, others []*x509.Certificate, usage x509.ExtKeyUsage) x509.VerifyOptions {
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	for _, anchor := range certificates(anchors) {
		roots.AddCert(anchor)
	}
	for _, certificate := range others {
		intermediates.AddCert(certificate)
	}
	return x509.VerifyOptions{Roots: roots, Intermediates: intermediates, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{usage}}
}

func certificates(file string) (all []*x509.Certificate) {
	if file == "-" {
		return nil
	}
	for block, rest := pem.Decode(read(file)); block != nil; block, rest = pem.Decode(rest) {
		if certificate, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, certificate)
		}
	}
	return all
}

func read(file string) []byte {
	octets, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	return octets
}
