#!/usr/bin/env bash
# ML-DSA private keys in PKCS#8: three libraries write its three forms, and two of them read only their own.
#
# RFC 9881 gives a private key three forms: the seed, the expanded key, or both. One would expect libraries of late 2026 to read all three.
# - JDK 25.0.3 writes the expanded key and reads nothing else.
# - cryptography 50.0.2 (OpenSSL 4.0.3 inside) writes the seed and reads nothing else.
# - BouncyCastle 1.87 writes both, and is the only one that reads every file.
# No form is read by all of them: a key that moves travels as the seed, and a JDK needs BouncyCastle to read it.
#
# Needs a JDK 25 (JAVA25_HOME, or one under /usr/lib/jvm), Maven and Python 3 with venv.
set -euo pipefail
java=${JAVA25_HOME:-$(ls -d /usr/lib/jvm/*25* 2>/dev/null | head -n 1)}/bin/java
[[ -x $java ]] || { echo 'SKIPPED: there is no JDK 25'; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cryptography==50.0.2
mvn -q dependency:copy -Dartifact=org.bouncycastle:bcprov-jdk18on:1.87 -DoutputDirectory=. >/dev/null

cat >keys.py <<'PYTHON'
import sys
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from cryptography.hazmat.primitives.serialization import (Encoding, NoEncryption, PrivateFormat, load_der_private_key)
if sys.argv[1] == "write":
    key = MLDSA65PrivateKey.generate()
    octets = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    open("cryptography.der", "wb").write(octets)
    print(f"cryptography writes {len(octets)} octets")
else:
    for name in ("jdk", "bouncycastle", "cryptography"):
        try:
            signature = load_der_private_key(open(f"{name}.der", "rb").read(), None).sign(b"abc")
            print(f"cryptography reads {name}: signs {len(signature)} octets")
        except ValueError as error:
            print(f"cryptography reads {name}: {type(error).__name__}")
PYTHON

cat >Keys.java <<'JAVA'
import java.nio.file.*;
import java.security.*;
import java.security.spec.*;

public class Keys {
    public static void main(String[] arguments) throws Exception {
        Provider[] providers = {Security.getProvider("SUN"), new org.bouncycastle.jce.provider.BouncyCastleProvider()};
        String[] names = {"jdk", "bouncycastle"};
        for (int index = 0; index < 2; index++) {
            byte[] key = KeyPairGenerator.getInstance("ML-DSA-65", providers[index]).generateKeyPair().getPrivate().getEncoded();
            Files.write(Path.of(names[index] + ".der"), key);
            System.out.println(names[index] + " writes " + key.length + " octets");
        }
        for (int index = 0; index < 2; index++) {
            for (String file : new String[] {"jdk", "bouncycastle", "cryptography"}) {
                String result;
                try {
                    var encoded = new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(file + ".der")));
                    Signature signature = Signature.getInstance("ML-DSA", providers[index]);
                    signature.initSign(KeyFactory.getInstance("ML-DSA", providers[index]).generatePrivate(encoded));
                    signature.update("abc".getBytes());
                    result = "signs " + signature.sign().length + " octets";
                } catch (GeneralSecurityException error) {
                    result = error.getClass().getSimpleName();
                }
                System.out.println(names[index] + " reads " + file + ": " + result);
            }
        }
    }
}
JAVA

{
    venv/bin/python keys.py write
    "$java" -cp bcprov-jdk18on-1.87.jar Keys.java
    venv/bin/python keys.py read
} | tee seen
diff - seen <<'EXPECTED'
cryptography writes 54 octets
jdk writes 4060 octets
bouncycastle writes 4098 octets
jdk reads jdk: signs 3309 octets
jdk reads bouncycastle: InvalidKeySpecException
jdk reads cryptography: InvalidKeySpecException
bouncycastle reads jdk: signs 3309 octets
bouncycastle reads bouncycastle: signs 3309 octets
bouncycastle reads cryptography: signs 3309 octets
cryptography reads jdk: ValueError
cryptography reads bouncycastle: ValueError
cryptography reads cryptography: signs 3309 octets
EXPECTED
"$java" -version 2>&1 | head -n 1
echo 'as stated'
