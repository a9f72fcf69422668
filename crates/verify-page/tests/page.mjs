// The page in headless Chromium, as a user has it: from a file, without a server.
//
// usage: node page.mjs PAGE PAGE-WITHOUT-ANCHORS MIB [SCREENSHOTS]
// MIB is the size of the large letter, in MiB. PAGE has the anchors of test-vectors/ and the environment Test. CHROMIUM names the browser, PLAYWRIGHT the folder in which
// package.json is installed.
import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync, mkdtempSync, rmSync, copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { vectors } from './module.mjs';

// The folder in which npm installed playwright-core.
const { chromium } = createRequire(join(resolve(process.env.PLAYWRIGHT ?? '.'), 'package.json'))('playwright-core');

const [page, bare, mebibytes, pictures] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'verify-page-'));
const vector = (file) => join(vectors, file);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

let failures = 0;
const requests = [];
const complaints = [];

async function opened(file, locale = 'fr-BE') {
  const context = await browser.newContext({ locale, viewport: { width: 1000, height: 1200 } });
  const tab = await context.newPage();
  tab.on('request', (request) => requests.push(request.url().slice(0, 100)));
  tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  tab.on('pageerror', (error) => complaints.push(String(error)));
  await tab.goto(pathToFileURL(resolve(file)).href);
  return tab;
}

async function test(name, body) {
  try {
    await body();
    console.log(`ok: ${name}`);
  } catch (error) {
    failures += 1;
    console.error(`FAILED: ${name}: ${error.stack}`);
  }
}

const choose = (tab, ...files) => tab.setInputFiles('#choose', files.map(vector));
const article = async (tab, name = '') => {
  const found = tab.locator('article').filter({ hasText: name }).first();
  await found.waitFor();
  return found;
};
const tone = async (tab, name) => (await article(tab, name)).getAttribute('class');

await test('a proof and its letter pass, in words first, and the verdict has the focus', async () => {
  const tab = await opened(page);
  await tab.evaluate(() => {
    document.addEventListener('change', () => { globalThis.chosen = performance.now(); }, true);
    new MutationObserver(() => { globalThis.told ??= performance.now(); }).observe(document.getElementById('verdicts'), { childList: true });
  });
  await choose(tab, 'good/sending.p7m', 'payload/letter.txt');
  assert.equal(await tone(tab), 'holds');
  console.log(`  first verdict: ${(await tab.evaluate(() => globalThis.told - globalThis.chosen)).toFixed(0)} ms after the files were chosen`);
  assert.equal(await tab.textContent('article h3'), 'Preuve d’envoi');
  assert.equal(await tab.evaluate(() => document.activeElement.textContent), 'Preuve d’envoi');
  assert.match(await tab.textContent('article .verdict'), /la preuve est valable/);
  assert.match(await tab.textContent('article .across'), /TEST/);
  assert.match(await tab.textContent('article'), /La lettre est bien celle de la preuve : .*letter\.txt/);
  assert.match(await tab.textContent('#status'), /Une preuve a été vérifiée\. Preuve d’envoi\. TEST .*la preuve est valable/);
  assert.match(await tab.textContent('#clock'), /selon l’horloge de cet appareil/);
  await tab.click('article summary');
  const frame = tab.frameLocator('article iframe');
  assert.match(await frame.locator('body').textContent(), /signature-valid/);
  assert.equal(await tab.getAttribute('article iframe', 'sandbox'), 'allow-same-origin allow-downloads');
  const download = tab.waitForEvent('download');
  await frame.locator('a[download]').first().click();
  assert.deepEqual(readFileSync(await (await download).path()), readFileSync(vector('good/sending.p7m')));
  if (pictures) await tab.screenshot({ path: join(pictures, 'passed.png'), fullPage: true });
  await tab.selectOption('#language', 'de');
  await tab.locator('h3', { hasText: 'Nachweis des Versands' }).waitFor();
  assert.equal(await tab.getAttribute('html', 'lang'), 'de');
});

await test('a letter that is not the letter fails', async () => {
  const tab = await opened(page, 'en-GB');
  await choose(tab, 'good/sending.p7m', 'README.md');
  assert.equal(await tone(tab), 'fails');
  assert.match(await tab.textContent('article'), /README\.md.* is not the letter of this proof/);
  if (pictures) await tab.screenshot({ path: join(pictures, 'wrong-letter.png'), fullPage: true });
});

await test('an opening finds its sending, and is undecided without it', async () => {
  const tab = await opened(page, 'en-GB');
  await choose(tab, 'good/opening.p7m');
  assert.equal(await tone(tab), 'undecided');
  await choose(tab, 'good/sending.p7m');
  await tab.locator('article.holds').nth(1).waitFor();
  assert.equal(await tab.locator('article').count(), 2);
  await tab.getByRole('button', { name: /Remove .*sending\.p7m/ }).click();
  await tab.locator('article.undecided').waitFor();
});

const messages = { fr: /Il n’y a pas de preuve parmi ces fichiers/, nl: /Er is geen bewijs bij deze bestanden/, de: /Unter diesen Dateien ist kein Nachweis/, en: /There is no proof among these files/ };
for (const [language, message] of Object.entries(messages)) {
  await test(`a file that is no proof has a clear message (${language})`, async () => {
    const tab = await opened(page, language);
    await choose(tab, 'README.md');
    await tab.locator('#notes li').first().waitFor();
    assert.match(await tab.textContent('#notes'), message);
    assert.equal(await tab.locator('article').count(), 0);
  });
}

await test('a proof that was cut is no proof', async () => {
  const tab = await opened(page, 'nl');
  const cut = join(scratch, 'cut.p7m');
  copyFileSync(vector('good/sending.p7m'), cut);
  truncateSync(cut, 2000);
  await tab.setInputFiles('#choose', cut);
  assert.equal(await tone(tab), 'fails');
  assert.equal(await tab.textContent('article h3'), 'Dit bestand is geen bewijs');
});

await test('a name is text and turns nothing around', async () => {
  const tab = await opened(page);
  const name = '<img src=x onerror=alert(1)>\u202e.p7m';
  await tab.setInputFiles('#choose', { name, mimeType: 'application/octet-stream', buffer: readFileSync(vector('good/sending.p7m')) });
  await article(tab);
  assert.equal(await tab.locator('img').count(), 0);
  const shown = await tab.textContent('#files');
  assert.ok(shown.includes('<img src=x onerror=alert(1)>.p7m') && !shown.includes('\u202e'), shown);
});

await test('a part of the text of a code says that it cannot be read', async () => {
  const tab = await opened(page, 'en');
  await tab.fill('#code', 'RM1:HALF');
  await tab.click('#code-add');
  await tab.locator('#notes li').first().waitFor();
  assert.match(await tab.textContent('#notes'), /not that of a proof, or a part of it is missing/);
});

await test('a remark about a picture is said again in another language', async () => {
  const tab = await opened(page, 'en');
  await tab.setInputFiles('#choose', { name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a0000', 'hex') });
  await tab.locator('#notes li', { hasText: /code in the picture .*photo\.png/ }).waitFor();
  await tab.selectOption('#language', 'nl');
  await tab.locator('#notes li', { hasText: /code in de afbeelding .*photo\.png/ }).waitFor();
});

await test('a page that was damaged on its way says so, and gives no verdict', async () => {
  const text = readFileSync(page, 'utf8');
  const [begin, base64] = /<script type="text\/plain" id="module">([^<]*)/.exec(text).slice(0, 2);
  assert.ok(WebAssembly.validate(gunzipSync(Buffer.from(base64, 'base64'))));
  const middle = text.indexOf(begin) + begin.length - base64.length + base64.length / 2;
  const sent = join(scratch, 'damaged.html');
  writeFileSync(sent, `${text.slice(0, middle)}${text[middle] === 'A' ? 'B' : 'A'}${text.slice(middle + 1)}`);
  const before = complaints.length;
  const tab = await opened(sent, 'en');
  await tab.locator('#alert:not(:empty)').waitFor();
  assert.match(await tab.textContent('#alert'), /This page cannot run/);
  assert.ok(await tab.isDisabled('#choose'));
  await tab.close();
  // It is told in the console as well, and is no request of the page.
  complaints.length = before;
  requests.pop();
});

await test('without anchors nothing passes, and those of the user are warned of', async () => {
  const tab = await opened(bare, 'en');
  assert.match(await tab.textContent('#anchors'), /no trust anchors/);
  await choose(tab, 'good/sending.p7m');
  assert.equal(await tone(tab), 'undecided');
  await tab.setInputFiles('#seal-anchors', vector('anchors/seal.pem'));
  await tab.setInputFiles('#tsa-anchors', vector('anchors/tsa.pem'));
  await tab.locator('article.holds').waitFor();
  assert.match(await tab.textContent('#anchors'), /Warning: the verdict rests on trust anchors from your own files/);
});

await test('the keyboard is enough', async () => {
  const tab = await opened(page, 'en');
  const reach = async (wanted) => {
    for (let presses = 0; presses < 20; presses += 1) {
      await tab.keyboard.press('Tab');
      if (await tab.evaluate(() => document.activeElement.id || document.activeElement.tagName) === wanted) return;
    }
    assert.fail(`${wanted} is not reached`);
  };
  await reach('language');
  await reach('choose');
  const chooser = tab.waitForEvent('filechooser');
  await tab.keyboard.press('Space');
  await (await chooser).setFiles([vector('good/sending.p7m'), vector('payload/letter.txt')]);
  assert.equal(await tone(tab), 'holds');
  await reach('SUMMARY');
  await tab.keyboard.press('Enter');
  await tab.locator('article iframe').waitFor();
});

await test('the tree of a screen reader has landmarks, labels and the verdict', async () => {
  const tab = await opened(page, 'en');
  await choose(tab, 'good/sending.p7m', 'payload/letter.txt');
  await article(tab);
  const tree = await tab.locator('body').ariaSnapshot();
  for (const line of [
    'banner:', 'heading "Verify a proof of registered mail" [level=1]', 'combobox "Language"', 'main:', 'region "Files"', 'button "Choose files"',
    'textbox "Text of a printed code', 'region "Trust"', 'checkbox "Show the numbers of citizens in full"', 'status:', 'region "Verdict"', 'article:',
    'heading "Proof of sending" [level=3]',
  ]) assert.ok(tree.includes(line), `${line} is missing in\n${tree}`);
});

await test('proofs after the first one', async () => {
  const tab = await opened(page, 'en');
  const files = ['good/sending.p7m', 'good/opening.p7m', 'good/b-lt-crl.p7m', 'good/b-lta.p7m', 'good/rsa-3072.p7m', 'good/p384.p7m'];
  await choose(tab, ...files);
  await tab.locator('article').nth(files.length - 1).waitFor();
  const start = performance.now();
  await tab.check('#numbers');
  await tab.locator('article').nth(files.length - 1).waitFor();
  console.log(`  ${files.length} proofs with their pages: ${(performance.now() - start).toFixed(0)} ms`);
});

// The memory in MiB that the page takes more while something is done with it.
async function watched(begin, end) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const resident = (id) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  const before = new Map(renderers.map((id) => [id, resident(id)]));
  let most = 0;
  const watch = setInterval(() => {
    for (const [id, at] of before) {
      try { most = Math.max(most, resident(id) - at); } catch { /* it ended */ }
    }
  }, 50);
  await begin();
  await end();
  clearInterval(watch);
  return most;
}

await test(`a letter of ${mebibytes} MiB is hashed in 64 MiB`, async () => {
  const tab = await opened(page, 'en');
  await choose(tab, 'good/sending.p7m');
  await article(tab);
  const large = join(scratch, 'large.bin');
  writeFileSync(large, '');
  truncateSync(large, Number(mebibytes) * 2 ** 20);
  const start = performance.now();
  const most = await watched(() => tab.setInputFiles('#choose', large), () => tab.locator('article.fails').waitFor({ timeout: 300_000 }));
  console.log(`  ${mebibytes} MiB in ${((performance.now() - start) / 1000).toFixed(1)} s, ${most.toFixed(0)} MiB more`);
  assert.ok(most < 64, `${most} MiB`);
});

// DOSSIERS is the folder with what the example `dossier` wrote of MAIL, what the example `registered_mail` wrote.
const { DOSSIERS: dossiers, MAIL: mail } = process.env;
if (dossiers) {
  const anchors = (use, name) => {
    const file = join(scratch, `${use}-anchors.pem`);
    writeFileSync(file, [join(mail, `${use}-anchors.pem`), join(dossiers, `${name}.${use}-anchors.pem`)].map((part) => readFileSync(part, 'utf8')).join(''));
    return file;
  };
  const withAnchors = async (name, locale) => {
    const tab = await opened(bare, locale);
    for (const use of ['seal', 'tsa']) await tab.setInputFiles(`#${use}-anchors`, anchors(use, name));
    return tab;
  };

  await test('a dossier has its verdict, and each proof in it', async () => {
    const tab = await withAnchors('recorded', 'fr-BE');
    await tab.setInputFiles('#choose', join(dossiers, 'recorded.asice'));
    await tab.locator('article').nth(2).waitFor();
    assert.equal(await tab.locator('article.holds').count(), 3);
    assert.equal(await tab.textContent('article h3'), 'Dossier');
    assert.match(await tab.textContent('article .verdict'), /les fichiers du dossier sont ceux avec lesquels il a été clos/);
    assert.match(await tab.textContent('#verdicts'), /La lettre est bien celle de la preuve : .*letter-1\.md/);
    await tab.click('article summary');
    assert.match(await tab.frameLocator('article iframe').locator('body').textContent(), /Enregistrement de preuve sur le dossier/);
    if (pictures) await tab.screenshot({ path: join(pictures, 'dossier.png'), fullPage: true });
  });

  for (const [language, message] of Object.entries({ fr: /est tronqué ou a été modifié/, nl: /is afgebroken of werd gewijzigd/, de: /ist abgeschnitten oder wurde verändert/, en: /is cut off or was changed/ })) {
    await test(`a dossier that is cut off has a clear message (${language})`, async () => {
      const tab = await opened(bare, language);
      const cut = join(scratch, 'cut.asice');
      copyFileSync(join(dossiers, 'signed.asice'), cut);
      truncateSync(cut, readFileSync(cut).length - 1);
      await tab.setInputFiles('#choose', cut);
      await tab.locator('#notes li').nth(1).waitFor();
      assert.match(await tab.textContent('#notes'), message);
      assert.equal(await tab.locator('article').count(), 0);
    });
  }

  await test('a dossier with a large letter is read in 64 MiB', async () => {
    const tab = await withAnchors('large', 'en');
    const most = await watched(() => tab.setInputFiles('#choose', join(dossiers, 'large.asice')), () => tab.locator('article').nth(2).waitFor({ timeout: 300_000 }));
    assert.equal(await tab.locator('article.holds').count(), 3);
    assert.match(await tab.textContent('#notes'), /large\.asice \/ letter-1\.bin.* is named by none of these proofs/);
    console.log(`  ${most.toFixed(0)} MiB more`);
    assert.ok(most < 64, `${most} MiB`);
  });
}

await test('the page is the only request, and nothing is complained of', () => {
  const others = requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'));
  assert.deepEqual(others, []);
  const names = new Set(requests.filter((url) => url.startsWith('file:')));
  assert.deepEqual([...names].sort(), [page, bare].map((file) => pathToFileURL(resolve(file)).href.slice(0, 100)).sort());
  assert.deepEqual(complaints, []);
});

await browser.close();
rmSync(scratch, { recursive: true });
process.exitCode = failures > 0 ? 1 : 0;
