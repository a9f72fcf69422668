// What pkijs says of each file, `verify.mjs CASES`: the seal and its path, and each token with its imprint and its path, both at genTime.
//
// pkijs judges no revocation here and no evidence records.
import { readFileSync } from "node:fs";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";

const SIGNATURE_TIME_STAMP = "1.2.840.113549.1.9.16.2.14";

const read = (file) => {
  const octets = readFileSync(file);
  return octets.buffer.slice(octets.byteOffset, octets.byteOffset + octets.byteLength);
};

const certificates = (file) => {
  if (file === "-") return [];
  const blocks = readFileSync(file, "utf8").matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END/g);
  return [...blocks].map(([, text]) => pkijs.Certificate.fromBER(Uint8Array.from(Buffer.from(text, "base64")).buffer));
};

const signedDataOf = (schema) => new pkijs.SignedData({ schema: schema.content });

async function judgeToken(token, data, columns) {
  const content = token.encapContentInfo.eContent.valueBlock.valueHexView;
  const info = pkijs.TSTInfo.fromBER(content.slice().buffer);
  token.certificates = [...(token.certificates ?? []), ...certificates(columns[8])];
  await judgeSignedData(token, { data, checkDate: info.genTime, trustedCerts: certificates(columns[7]) });
  return info.genTime;
}

async function judgeSignedData(signedData, parameters) {
  const result = await signedData.verify({ signer: 0, checkChain: true, extendedMode: true, ...parameters });
  if (!result.signatureVerified) throw new Error(`signature: ${result.message}`);
  if (!result.signerCertificateVerified) throw new Error(`path: ${result.message}`);
}

async function judge(columns) {
  const [, kind, , now, file, payload, anchors] = columns;
  if (kind === "timestamp") {
    const response = pkijs.TimeStampResp.fromBER(read(file));
    const genTime = await judgeToken(signedDataOf(response.timeStampToken), read(payload), columns);
    return ["passes", `genTime ${genTime.toISOString()}`];
  }
  const signedData = signedDataOf(pkijs.ContentInfo.fromBER(read(file)));
  const signer = signedData.signerInfos[0];
  let at = now === "-" ? new Date() : new Date(now);
  const seen = [];
  for (const attribute of signer.unsignedAttrs?.attributes ?? []) {
    if (attribute.type !== SIGNATURE_TIME_STAMP) continue;
    for (const value of attribute.values) {
      const token = signedDataOf(new pkijs.ContentInfo({ schema: value }));
      at = await judgeToken(token, signer.signature.valueBlock.valueHexView.slice().buffer, columns);
      seen.push(`genTime ${at.toISOString()}`);
    }
  }
  const data = kind === "payload-signature" ? read(payload) : undefined;
  await judgeSignedData(signedData, { data, checkDate: at, trustedCerts: certificates(anchors) });
  return ["passes", seen.join(", ")];
}

for (const line of readFileSync(process.argv[2], "utf8").trimEnd().split("\n")) {
  const columns = line.split("\t");
  const [verdict, detail] = await judge(columns).catch((error) => ["refuses", String(error?.message ?? error)]);
  console.log([columns[0], columns[2], verdict, detail.replaceAll("\n", " ")].join("\t"));
}
