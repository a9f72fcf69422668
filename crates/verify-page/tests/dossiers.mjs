// Dossiers as a user drops them: those that the example `dossier` wrote of what the example `registered_mail` wrote, and damaged ones.
//
// usage: node dossiers.mjs MODULE DOSSIERS MAIL
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loaded, text } from './module.mjs';

const [path, dossiers, mail] = process.argv.slice(2);
const module = await loaded(path);
const faults = [];
const check = (name, is) => { if (!is) faults.push(name); };
const pem = (...files) => files.map((file) => readFileSync(file, 'utf8')).join('');
const of = (name, what) => join(dossiers, `${name}.${what}`);
const anchors = (...names) => ({
  seal_anchors: pem(join(mail, 'seal-anchors.pem'), ...names.map((name) => of(name, 'seal-anchors.pem'))),
  tsa_anchors: pem(join(mail, 'tsa-anchors.pem'), ...names.map((name) => of(name, 'tsa-anchors.pem'))),
});
const now = new Date().toISOString();

async function verdict(settings, files, at = now) {
  module.configure(settings);
  const numbers = [];
  const kinds = [];
  for (const [name, octets] of files) {
    const { number, kind } = await module.add(new Blob([octets]), name, 0, () => {});
    numbers.push(number);
    kinds.push(kind);
  }
  const answer = module.verify({ now: at, language: 'en' });
  numbers.forEach((number) => module.remove(number));
  return { ...answer, kinds };
}

const are = (list, indication, count) => list.length === count && list.every((result) => result.indication === indication);
for (const name of ['signed', 'stamped', 'recorded', 'stamped-recorded']) {
  const file = ['case.asice', readFileSync(of(name, 'asice'))];
  const all = await verdict(anchors(name), [file]);
  check(`${name}: ${JSON.stringify(all.notes)}`, all.kinds[0] === 'dossier' && all.notes.every(({ code, file }) => code === 'signature-not-judged' && file === 'case.asice / letter-1.p7s'));
  check(`${name}: the container passes`, are(all.containers, 'TOTAL-PASSED', 1));
  check(`${name}: the proofs pass with their letter`, are(all.results, 'TOTAL-PASSED', 2)
    && all.results.every(({ letter }) => letter.state === 'matches' && letter.names.includes('case.asice / letter-1.md')));
  // By the anchors of the service alone, the proofs pass and what closes the container is not trusted; those in it are not looked at.
  const proofs = await verdict(anchors(), [file]);
  check(`${name}: a container by others' anchors`, are(proofs.containers, 'INDETERMINATE', 1) && are(proofs.results, 'TOTAL-PASSED', 2));
  const none = await verdict({}, [file]);
  check(`${name}: anchors in a container`, none.anchors === 'nobody' && are(none.containers, 'INDETERMINATE', 1) && are(none.results, 'INDETERMINATE', 2));
}

// What is no letter is not held against proofs as if it were one, and is named.
const vectors = { seal_anchors: text('anchors/seal.pem'), tsa_anchors: text('anchors/tsa.pem'), environment: 'Test' };
for (const name of ['beside', 'without-letter']) {
  const { results, notes } = await verdict(vectors, [['case.asice', readFileSync(of(name, 'asice'))]], '2026-03-03T12:00:00Z');
  check(`${name}: no file is taken for a letter`, results.length === 5 && results.every(({ letter }) => letter.state === (name === 'beside' ? 'matches' : 'not-given')));
  check(`${name}: ${results.map(({ name, indication }) => `${name} ${indication}`)}`, results.every(({ indication }) => indication !== 'TOTAL-FAILED'));
  for (const ending of ['.submission.json', '.submission.p7s', 'register-extract-1.json', 'register-extract-1.p7s']) {
    check(`${name}: ${ending}`, notes.some(({ code, file }) => code === 'part-not-used' && file.endsWith(ending)));
  }
}

// A proof beside a dossier that has its letter and its sending.
const opening = ['opening.p7m', readFileSync(join(mail, 'proof-of-opening.p7m'))];
const signed = readFileSync(of('signed', 'asice'));
const beside = await verdict(anchors('signed'), [opening, ['case.asice', signed]]);
check('a proof beside a dossier', are(beside.results, 'TOTAL-PASSED', 3));

// Each has its message, and nothing of it is shown.
const renamed = (from, to) => Buffer.from(signed.toString('latin1').replaceAll(from, to), 'latin1');
const changed = (change) => { const octets = Buffer.from(signed); change(octets); return octets; };
const places = (octets, mark) => {
  const found = [];
  for (let place = octets.indexOf(mark, 0, 'latin1'); place >= 0; place = octets.indexOf(mark, place + 1, 'latin1')) found.push(place);
  return found;
};
// Where the name of the letter begins in the header before it.
const letter = places(signed, 'PK\x03\x04').map((place) => place + 30).find((place) => signed.toString('latin1', place).startsWith('letter-1.md'));
for (const [name, octets, code] of [
  ['one that is cut off', signed.subarray(0, -1), 'dossier-damaged'],
  ['one with something behind it', Buffer.concat([signed, Buffer.from('x')]), 'dossier-damaged'],
  ['a name that leads to another folder', renamed('letter-1.md', '../ter-1.md'), 'dossier-names'],
  ['doubles', renamed('proof-of-opening.p7m', 'proof-of-sending.p7m'), 'dossier-twice'],
  ['doubles that differ in case', renamed('proof-of-opening.p7m', 'PROOF-OF-SENDING.P7M'), 'dossier-twice'],
  ['an encrypted file', changed((octets) => {
    for (const place of places(octets, 'PK\x03\x04')) octets[place + 6] |= 1;
    for (const place of places(octets, 'PK\x01\x02')) octets[place + 8] |= 1;
  }), 'dossier-encrypted'],
  ['a thousand files and one', changed((octets) => { for (const place of [14, 12]) octets.writeUInt16LE(1001, octets.length - place); }), 'dossier-entries'],
  ['a size that lies', changed((octets) => octets.writeUInt32LE(3, letter - 30 + 22)), 'dossier-damaged'],
  ['a changed letter', changed((octets) => { octets[letter + 200] ^= 1; }), 'dossier-changed'],
]) {
  const refused = await verdict(anchors('signed'), [['case.asice', octets]]);
  check(`${name}: ${JSON.stringify(refused.notes)}`, refused.containers.length === 0 && refused.results.length === 0
    && refused.notes.some((note) => note.code === code && note.file === 'case.asice'));
}
for (const fault of faults) console.error(fault);
console.log(`dossiers: ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
