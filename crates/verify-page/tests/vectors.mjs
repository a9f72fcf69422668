// Every vector of test-vectors/ through the module: as a stored question with all of its inputs, and, for proofs, as files that a
// user drops together. An exception that agrees with the manifest is an error too.
//
// usage: node vectors.mjs MODULE (built with the feature `answer`)
import { createHash } from 'node:crypto';
import { drop, exceptions, loaded, read, text } from './module.mjs';

const manifest = JSON.parse(text('manifest.json'));
const module = await loaded(process.argv[2]);
const faults = [];
const excepted = new Set();

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
  const key = (finding) => `${finding.subject} ${finding.code} ${finding.outcome}`;
  const found = new Set(report.findings.map(key));
  for (const finding of [...expected.findings, ...(expected.also ?? [])]) {
    if (!found.has(key(finding))) differences.push(`missing: ${key(finding)}`);
  }
  const exception = Object.hasOwn(exceptions[way].vectors, vector.id) ? exceptions[way].vectors[vector.id] : null;
  if (exception !== null) {
    excepted.add(`${way} ${vector.id}`);
    if (differences.length === 0) faults.push(`${way} ${vector.id}: it agrees, and is an exception (${exception})`);
  } else if (differences.length > 0) {
    faults.push(`${way} ${vector.id}: ${differences.join('; ')}`);
  }
  return differences.length === 0;
}

const base64 = (file) => read(file).toString('base64');
const digestOf = (name, octets) => ({ algorithm: name, value: createHash(name.toLowerCase().replace('sha-', 'sha')).update(octets).digest('base64') });
export { digestOf };

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

let agreed = 0;
let asked = 0;
const start = performance.now();
for (const vector of manifest.vectors) {
  if (vector.kind !== 'proof') continue;
  asked += 1;
  const report = await dropped(vector);
  if (report === undefined) faults.push(`dropped ${vector.id}: it is not judged`);
  else if (compare('dropped', vector, report)) agreed += 1;
}
const milliseconds = (performance.now() - start) / asked;
console.log(`dropped: ${agreed} of ${asked} proofs agree, ${milliseconds.toFixed(1)} ms each with what lies beside them`);
for (const [way, { vectors }] of Object.entries(exceptions)) {
  for (const id of Object.keys(vectors)) if (!excepted.has(`${way} ${id}`)) faults.push(`${way} ${id}: an exception of no vector`);
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
