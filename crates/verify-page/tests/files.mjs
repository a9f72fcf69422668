// What a user drops beside a proof never makes its verdict better, and a letter is always compared.
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
}
