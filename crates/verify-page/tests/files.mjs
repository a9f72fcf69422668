// What a user drops beside a proof never makes its verdict better, and a letter is always compared.
import { deflateSync } from 'node:zlib';

import { read, text } from './module.mjs';

export async function files(module, faults) {
  const anchors = { seal_anchors: text('anchors/seal.pem'), tsa_anchors: text('anchors/tsa.pem'), environment: 'Test' };
  const verdict = async (settings, files) => {
    module.configure({ ...anchors, ...settings });
    const numbers = [];
    for (const [name, octets, role] of files) numbers.push((await module.add(new Blob([octets]), name, role ?? 0, () => {})).number);
    const answer = module.verify({ now: '2026-03-03T12:00:00Z', language: 'en' });
    numbers.forEach((number) => module.remove(number));
    return answer;
  };
  const check = (name, is) => { if (!is) faults.push(`files: ${name}`); };
  const sending = ['sending.p7m', read('good/sending.p7m')];
  const certificate = text('anchors/seal.pem');
  // Another letter is compared, whatever stands in it.
  for (const [name, letter] of [
    ['a certificate', `Dear reader,\n${certificate}`], ['the head of a proof of a log', 'c2sp.org/tlog-proof@v1\nno'], ['the head of a code', 'RM1:IS THE NAME'],
  ]) {
    const answer = await verdict({}, [sending, ['letter.txt', letter]]);
    check(`a letter with ${name} is compared`, answer.results[0].indication === 'TOTAL-FAILED' && answer.results[0].letter.state === 'differs');
  }
  // A picture is not held against a proof, and is named.
  const png = Buffer.from('89504e470d0a1a0a0000', 'hex');
  const pictured = await verdict({}, [sending, ['photo.png', png]]);
  check('a picture beside a proof', pictured.results[0].indication === 'TOTAL-PASSED' && pictured.notes.some(({ code, file }) => code === 'picture-not-letter' && file === 'photo.png'));
  // Too much revocation data takes none away: the certificate of this proof was revoked, which the data of the page tells.
  const manifest = JSON.parse(text('manifest.json'));
  const { input } = manifest.vectors.find(({ id }) => id === 'revocation/revoked-before-content-timestamp');
  const list = /-----BEGIN X509 CRL-----([^-]*)-----END/.exec(text('extra/not-revoked.pem'))[1];
  const other = (number) => {
    const octets = Buffer.from(list, 'base64');
    octets.writeUInt32BE(number, octets.length - 8);
    return `-----BEGIN X509 CRL-----\n${octets.toString('base64')}\n-----END X509 CRL-----\n`;
  };
  const lists = (from, count) => Array.from({ length: count }, (_, place) => other(from + place)).join('');
  const revoked = ['revoked.p7m', read('revocation/revoked-before-content-timestamp.p7m')];
  const settings = { policy: input.policy, ...(input.revocation_data ? { revocation_data: text(input.revocation_data) } : {}) };
  const crowded = await verdict(settings, [revoked, ['a.pem', lists(0, 600)], ['b.pem', lists(600, 600)], ['c.pem', lists(1200, 600)]]);
  const alone = await verdict(settings, [revoked, ['a.pem', lists(0, 1200)]]);
  check('a file of too many lists refuses the verdict', alone.results.length === 0 && alone.notes.length === 1);
  check('too many lists refuse the verdict', crowded.results.every(({ indication }) => indication !== 'TOTAL-PASSED') && crowded.notes.some(({ code }) => code.startsWith('evidence-')));
  // A list in DER that cannot be taken refuses the verdict as one in PEM does, and so does one that is too large to be kept.
  // A month that there is none of, in the first time of the list.
  const damaged = Buffer.from(list, 'base64');
  damaged.write('99', damaged.indexOf(Buffer.from([0x17, 0x0d])) + 4);
  const large = Buffer.alloc((16 << 20) + 1, 0x30);
  for (const [name, octets] of [['damaged.crl', damaged], ['large.crl', large]]) {
    const refused = await verdict(settings, [revoked, [name, octets]]);
    check(`${name} refuses the verdict`, refused.results.length === 0 && refused.notes.some(({ code, file }) => code === 'evidence-unreadable' && file === name));
  }
  // A certificate in DER is one, and not a letter; and it can be an anchor.
  const der = (pem) => Buffer.from(/-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(pem)[1], 'base64');
  const beside = await verdict({}, [sending, ['ca.cer', der(certificate)]]);
  check('a certificate in DER beside a proof', beside.results[0].indication === 'TOTAL-PASSED' && beside.results[0].letter.state === 'not-given');
  const loaded = await verdict({ seal_anchors: undefined, tsa_anchors: undefined }, [sending, ['s.cer', der(certificate), 1], ['t.cer', der(text('anchors/tsa.pem')), 2]]);
  check('anchors in DER', loaded.anchors === 'user' && loaded.results[0].indication === 'TOTAL-PASSED');
  // What is named as a proof and larger than one is told, and is the letter of none.
  const huge = await verdict({}, [sending, ['huge.p7m', large]]);
  check('a proof that is too large', huge.results[0].indication === 'TOTAL-PASSED' && huge.notes.some(({ code, file }) => code === 'too-large' && file === 'huge.p7m'));
  // A printed code: the seal itself, whose time is not on paper, and the names of a proof, which prove nothing.
  const seal = await verdict({}, [['code', code(bare(read('good/sending.p7m'))), 3]]);
  check('a printed seal', seal.results.length === 1 && seal.results[0].printed && seal.results[0].indication === 'INDETERMINATE');
  const { statement } = (await verdict({}, [sending])).results[0].report;
  const names = `RM0:${statement.proof_id.toUpperCase()}:${statement.evidence_identifier.replace(/^urn:uuid:|-/g, '').toUpperCase()}`;
  const told = (answer, wanted) => answer.notes.some((note) => note.code === wanted && note.file === 'names');
  const named = await verdict({}, [['names', names, 3]]);
  check('the names of a proof alone', named.results.length === 0 && told(named, 'code-names-only'));
  // A folder that was dropped by mistake is refused before it fills the memory, and what was given before is judged.
  module.configure(anchors);
  const given = [(await module.add(new Blob([sending[1]]), sending[0], 0, () => {})).number];
  const file = new Blob([Buffer.alloc(15 << 20, 1)]);
  let refused;
  while (!refused && given.length < 20) {
    try {
      given.push((await module.add(file, 'file', 0, () => {})).number);
    } catch (error) {
      refused = error;
    }
  }
  check(`memory for ${given.length - 1} files`, refused instanceof RangeError && given.length === 9);
  given.splice(1).forEach((number) => module.remove(number));
  check('what was given before too much', module.verify({ now: '2026-03-03T12:00:00Z', language: 'en' }).results[0].indication === 'TOTAL-PASSED');
  module.remove(given[0]);
  check('the names of a proof that is there', told(await verdict({}, [sending, ['names', names, 3]]), 'code-of-proof'));
}

// A seal without what nobody signed: certificates and unsigned attributes (RFC 5652).
function bare(file) {
  const wrap = (tag, octets) => {
    const length = octets.length < 128 ? [octets.length] : octets.length < 256 ? [0x81, octets.length] : [0x82, octets.length >> 8, octets.length & 255];
    return Buffer.concat([Buffer.from([tag, ...length]), octets]);
  };
  const parts = (octets) => {
    const found = [];
    for (let place = 0; place < octets.length;) {
      const short = octets[place + 1] < 128;
      const count = short ? 0 : octets[place + 1] & 127;
      const begin = place + 2 + count;
      const length = short ? octets[place + 1] : octets.readUIntBE(place + 2, count);
      found.push({ tag: octets[place], value: octets.subarray(begin, begin + length), raw: octets.subarray(place, begin + length) });
      place = begin + length;
    }
    return found;
  };
  const [{ value: info }] = parts(file);
  const [type, { value: explicit }] = parts(info);
  const signed = parts(parts(explicit)[0].value).filter(({ tag }) => tag !== 0xa0 && tag !== 0xa1);
  const signers = signed.pop();
  const signer = parts(parts(signers.value)[0].value).filter(({ tag }) => tag !== 0xa1);
  const whole = wrap(0x31, wrap(0x30, Buffer.concat(signer.map(({ raw }) => raw))));
  return wrap(0x30, Buffer.concat([type.raw, wrap(0xa0, wrap(0x30, Buffer.concat([...signed.map(({ raw }) => raw), whole])))]));
}

// The text of a code: RFC 1950 in RFC 9285.
function code(seal) {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
  const octets = deflateSync(seal);
  let encoded = '';
  for (let place = 0; place < octets.length; place += 2) {
    const pair = place + 1 < octets.length;
    let value = pair ? octets.readUInt16BE(place) : octets[place];
    for (let digit = 0; digit < (pair ? 3 : 2); digit += 1, value = Math.floor(value / 45)) encoded += alphabet[value % 45];
  }
  return `RM1:${encoded}`;
}
