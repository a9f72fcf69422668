// Every vector of test-vectors/ through the module: as a stored question with all of its inputs, and, for proofs, as files that a
// user drops together. An exception that agrees with the manifest is an error too.
//
// usage: node vectors.mjs MODULE [n]
// MODULE was built with the feature `answer`. With n, every n-th vector alone is judged.
import { createHash } from 'node:crypto';
import { drop, exceptions, loaded, read, text } from './module.mjs';

const manifest = JSON.parse(text('manifest.json'));
const module = await loaded(process.argv[2]);
const every = Number(process.argv[3] ?? 1);
const faults = [];
const excepted = new Set();

// An exception is used where a vector is judged, and each has to be.
function exceptionOf(way, { id }) {
  const group = exceptions[way].find(({ vectors }) => Object.hasOwn(vectors, id));
  if (!group) return null;
  excepted.add(`${way} ${id}`);
  return { indication: group.vectors[id] };
}

function compare(way, vector, report) {
  const { expected } = vector;
  const differences = [];
  const same = (what, stated, computed) => {
    if ((stated ?? null) !== (computed ?? null)) differences.push(`${what}: ${stated} expected, ${computed} found`);
  };
  same('indication', expected.indication, report.indication);
  same('sub-indication', expected.sub_indication, report.sub_indication);
  same('decided by', expected.decided_by, report.decided_by?.code);
  same('event', expected.event, report.event);
  const time = (value) => (value ? new Date(value).getTime() : null);
  same('proven at', time(expected.proven_at), time(report.proven_at));
  // The manifest has subjects in words: `seal chain`, `timestamp 1`, `record 1`.
  const words = (subject) => (typeof subject === 'string' ? subject : Object.entries(subject).flat().join(' '))
    .replace('evidence-record', 'record').replace('archive-time-stamp', 'timestamp').replaceAll('-', ' ');
  const key = (finding) => `${words(finding.subject)} ${finding.code} ${finding.outcome}`;
  const found = new Set(report.findings.map(key));
  for (const finding of [...expected.findings, ...(expected.also ?? [])]) {
    if (!found.has(key(finding))) differences.push(`missing: ${key(finding)}`);
  }
  const exception = exceptionOf(way, vector);
  if (exception) {
    if (report.indication !== exception.indication) faults.push(`${way} ${vector.id}: ${report.indication} instead of the exception's ${exception.indication}`);
    if (differences.length === 0) faults.push(`${way} ${vector.id}: it agrees, and is an exception`);
  } else if (differences.length > 0) {
    faults.push(`${way} ${vector.id}: ${differences.join('; ')}`);
  }
  return differences.length === 0;
}

const base64 = (file) => read(file).toString('base64');
const optional = (file) => (file === undefined ? null : base64(file));
const ALGORITHMS = ['SHA-256', 'SHA-384', 'SHA-512'];
const EVERY = ['SHA-1', 'SHA-224', ...ALGORITHMS, 'SHA3-256', 'SHA3-384', 'SHA3-512'];
const digestsBy = (algorithms, file) => algorithms.map((name) => `${name}:${createHash(name.toLowerCase().replace('sha-', 'sha')).update(read(file)).digest('hex')}`);
const digests = (file) => digestsBy(ALGORITHMS, file);
const pem = (file, label) => [...text(file).matchAll(new RegExp(`-----BEGIN (?:${label})-----([^-]*)-----END`, 'g'))].map((block) => block[1].replace(/\s/g, ''));

// As a stored question, which holds everything that the answer depends on.
function question({ kind, file, input }) {
  const payload = input.payload ? digests(input.payload) : input.payload_digests ?? null;
  switch (kind) {
    case 'signature': return { signatures: { signed_data: base64(file), content: 'attached' } };
    case 'payload-signature': return { 'payload-signature': { der: base64(file), payload } };
    case 'timestamp': return { timestamp: { token: base64(file), data: payload ?? [], request: optional(input.request) } };
    case 'evidence-record': return { 'evidence-record': { record: base64(file), objects: (input.data ?? []).map((data) => digestsBy(EVERY, data)) } };
    case 'proof': return {
      proof: {
        der: base64(file),
        payload,
        sending: optional(input.sending),
        causes: (input.causes ?? []).map(base64),
        disclosure: optional(input.disclosure),
        sending_disclosure: optional(input.sending_disclosure),
        second_seals: (input.second_seals ?? []).map(base64),
        ...(input.original ? { parties: { original: { der: base64(input.original), disclosure: optional(input.original_disclosure), second_seals: [] } } } : {}),
      },
    };
    default: throw new Error(`a vector of another kind: ${kind}`);
  }
}

function asked(vector) {
  const { input } = vector;
  return module.answer({
    question: question(vector),
    at: input.now,
    environment: input.environment,
    policy: input.policy === 'strict' ? { revocation: 'required' } : input.policy ?? {},
    seal_anchors: pem(input.seal_anchors, 'CERTIFICATE'),
    tsa_anchors: pem(input.tsa_anchors, 'CERTIFICATE'),
    extra_certificates: input.extra_certificates ? pem(input.extra_certificates, 'CERTIFICATE') : [],
    revocation_data: input.revocation_data ? pem(input.revocation_data, 'X509 CRL|OCSP RESPONSE') : [],
    evidence_records: (input.records ?? []).map(base64),
    log_proofs: (input.log_proofs ?? []).map(base64),
  }).reports[0];
}

// As a user drops them: the verifier's settings are those of the page, the rest are files.
async function dropped(vector) {
  const { input } = vector;
  module.configure({
    seal_anchors: text(input.seal_anchors),
    tsa_anchors: text(input.tsa_anchors),
    environment: input.environment,
    ...(input.policy === undefined ? {} : { policy: input.policy }),
    ...(input.extra_certificates ? { certificates: text(input.extra_certificates) } : {}),
    ...(input.revocation_data ? { revocation_data: text(input.revocation_data) } : {}),
  });
  const beside = [
    input.payload, input.sending, ...(input.causes ?? []), input.disclosure, input.sending_disclosure, input.original,
    input.original_disclosure, ...(input.second_seals ?? []), ...(input.log_proofs ?? []), ...(input.records ?? []),
  ].filter(Boolean);
  // The folder is no part of a name. The proof itself can lie beside as well.
  const names = [vector.file, ...beside.filter((file) => file !== vector.file)];
  const numbers = [];
  for (const file of names) numbers.push(await drop(module, file));
  const answer = module.verify({ now: input.now, language: 'fr' });
  numbers.forEach((number) => module.remove(number));
  const result = answer.results.find(({ name }) => name === vector.file);
  return result?.report;
}

async function all(way, judge, wanted) {
  const list = manifest.vectors.filter(wanted).filter((_, place) => place % every === 0);
  const start = performance.now();
  let agreed = 0;
  for (const vector of list) {
    let report;
    try {
      report = await judge(vector);
    } catch (error) {
      // An error is no verdict. It is expected of a question that cannot be asked, and a crash never.
      const exception = exceptionOf(way, vector);
      if (exception?.indication !== `error: ${error.message}`) faults.push(`${way} ${vector.id}: ${error}`);
      continue;
    }
    if (report === undefined) faults.push(`${way} ${vector.id}: it is not judged`);
    else if (compare(way, vector, report)) agreed += 1;
  }
  console.log(`${way}: ${agreed} of ${list.length} vectors agree, ${((performance.now() - start) / list.length).toFixed(1)} ms each`);
}

await all('asked', asked, () => true);
await all('dropped', dropped, ({ kind }) => kind === 'proof');
await import('./files.mjs').then(({ files }) => files(module, faults));
for (const [way, groups] of Object.entries(exceptions)) {
  for (const id of groups.flatMap(({ vectors }) => Object.keys(vectors))) if (every === 1 && !excepted.has(`${way} ${id}`)) faults.push(`${way} ${id}: an exception of no vector`);
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
