'use strict';
{module}
(async () => {
  const element = (id) => document.getElementById(id);
  const words = JSON.parse(element('words').textContent);
  const settings = JSON.parse(element('settings').textContent);
  const DROPPED = 0;
  const CODE = 3;
  const ANCHORS = { 'seal-anchors': 1, 'tsa-anchors': 2 };
  const hasAnchors = Boolean(settings.seal_anchors || settings.tsa_anchors);
  let language = 'en';
  const isAnchors = (role) => Object.values(ANCHORS).includes(role);
  let module = null;
  // After a fault the module is in no known state, and nothing is asked of it again.
  let dead = false;
  // The files in the order in which they came: { name, size, kind, number, role, remark }. A remark is the name of a word.
  let files = [];
  // One thing after the other: a file is read to its end before the next one.
  let queue = Promise.resolve();

  // A place is filled with text, never with markup: all of it goes into the page as textContent.
  const filled = (sentence, ...values) => sentence.replace(/\{(\d)\}/g, (place, number) => values[number] ?? place);
  const word = (name, ...values) => filled(words[language][name], ...values);
  // The name of a file is somebody else's: what turns text around or is invisible is taken out, and it is isolated.
  const harmless = (name) => '\u2068' + name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').slice(0, 200) + '\u2069';

  const make = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  function say(sentence) {
    element('status').textContent = sentence;
  }

  // The name of a word and what fills it, so that it can be said again in another language.
  let warning = null;

  function warn(...what) {
    warning = what.length > 0 ? what : null;
    element('alert').textContent = warning ? word(...warning) : '';
  }

  function translate() {
    document.documentElement.lang = language;
    document.title = word('title');
    for (const place of document.querySelectorAll('[data-word]')) place.textContent = word(place.dataset.word);
    element('language').value = language;
    showFiles();
    showAnchors();
    warn(...(warning ?? []));
  }

  function showFiles() {
    const size = new Intl.NumberFormat(language, { style: 'unit', unit: 'byte', unitDisplay: 'long' });
    element('files').replaceChildren(...files.map((file) => {
      const line = make('li');
      const remove = make('button', '×');
      remove.type = 'button';
      remove.setAttribute('aria-label', word('remove', harmless(file.name)));
      remove.addEventListener('click', () => run(() => forget([file])));
      line.append(make('span', harmless(file.name), 'name'), make('span', `${words[language].kinds[file.kind]}, ${size.format(file.size)}`, 'kind'), remove);
      return line;
    }));
    element('clear-line').hidden = files.length === 0;
  }

  function anchorsOf() {
    if (files.some((file) => isAnchors(file.role))) return 'user';
    return hasAnchors ? 'page' : 'nobody';
  }

  function showAnchors(of = anchorsOf()) {
    element('anchors').textContent = word(`anchors_${of}`);
    element('anchors').className = of === 'page' ? '' : 'warning';
    if (of === 'nobody') element('load').open = true;
  }

  async function forget(gone) {
    element('results').hidden = true;
    for (const file of gone) module.remove(file.number);
    files = files.filter((file) => !gone.includes(file));
    showFiles();
    showAnchors();
    verify();
    element('choose').focus();
  }

  async function read(blob, name, role) {
    const progress = element('progress');
    progress.hidden = blob.size < (8 << 20);
    let told = -1;
    const tell = (octets) => {
      const percent = Math.floor(octets * 100 / blob.size);
      progress.value = percent;
      // A screen reader is not told each step.
      if (!progress.hidden && percent >= told + 10) {
        told = percent;
        say(word('reading', harmless(name), percent));
      }
    };
    try {
      const { number, kind } = await module.add(blob, name, role, tell);
      files.push({ name, size: blob.size, kind, number, role });
    } catch (error) {
      if (error instanceof RangeError) warn('too_many');
      else if (error instanceof WebAssembly.RuntimeError) throw error;
      else warn('file_failed', harmless(name));
    } finally {
      progress.hidden = true;
    }
  }

  // Where the page has no anchors of its own, those that services give out are known by their names.
  function roleOf(file, given) {
    const named = /^(seal|tsa)-anchors\.pem$/.exec(file.name);
    return given === DROPPED && named && !hasAnchors ? ANCHORS[`${named[1]}-anchors`] : given;
  }

  // A picture with a code in it is the text of that code.
  async function codeOf(file) {
    if (!file.type.startsWith('image/')) return null;
    if (!('BarcodeDetector' in globalThis)) {
      return { remark: 'no_reader' };
    }
    try {
      const picture = await createImageBitmap(file);
      const codes = await new BarcodeDetector({ formats: ['qr_code'] }).detect(picture);
      const text = codes.map((code) => code.rawValue).find((value) => /^RM[01]:/.test(value));
      return text ? { text } : { remark: 'no_code' };
    } catch {
      return { remark: 'no_reader' };
    }
  }

  async function add(list, given) {
    warn();
    // No verdict stands that is not about all of the files.
    element('results').hidden = true;
    // Of anchors there is one file for each field.
    if (isAnchors(given)) {
      const before = files.filter((file) => file.role === given);
      for (const file of before) module.remove(file.number);
      files = files.filter((file) => !before.includes(file));
    }
    for (const file of list) {
      const role = roleOf(file, given);
      const code = given === DROPPED ? await codeOf(file) : null;
      const before = files.length;
      await read(code?.text ? new Blob([code.text]) : file, file.name, code?.text ? CODE : role);
      if (code?.remark && files.length > before) files.at(-1).remark = code.remark;
    }
    showFiles();
    showAnchors();
    verify();
    focusVerdict();
  }

  function verify() {
    if (files.length === 0) {
      element('results').hidden = true;
      say('');
      return;
    }
    say(word('verifying'));
    const numbers = element('numbers').checked ? 'in-full' : 'masked';
    const now = new Date().toISOString();
    const answer = module.verify({ now, language, numbers });
    const place = element('notes');
    const remarks = files.filter((file) => file.remark).map((file) => word(file.remark, harmless(file.name)));
    const notes = answer.notes.map((note) => filled(words[language].notes[note.code], note.file === undefined ? '' : harmless(note.file)));
    place.replaceChildren(...[...remarks, ...notes].map((note) => make('li', note)));
    element('verdicts').replaceChildren(...answer.containers.map(shownDossier), ...answer.results.map(shown));
    const time = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'long' }).format(new Date(answer.now));
    element('clock').textContent = word('clock', time);
    element('results').hidden = element('verdicts').children.length === 0 && place.children.length === 0;
    showAnchors(answer.anchors);
    const count = answer.results.length;
    const told = count === 1 ? word('verified_one') : count > 1 ? word('verified_many', count) : '';
    const verdicts = [...answer.containers, ...answer.results].map((result) => [`${result.title}.`, result.across && `${result.across}.`, result.verdict].filter(Boolean).join(' '));
    const trust = verdicts.length > 0 && answer.anchors !== 'page' ? word(`anchors_${answer.anchors}`) : '';
    say([told, ...verdicts, trust, ...remarks, ...notes].filter(Boolean).join(' '));
  }

  function shown(result) {
    const article = make('article', undefined, result.tone);
    const title = make('h3', result.title);
    title.tabIndex = -1;
    article.append(title);
    if (result.across) article.append(make('p', result.across, 'across'));
    article.append(make('p', result.verdict, 'verdict'));
    if (result.letter.state === 'matches') {
      article.append(make('p', word('letter_matches', result.letter.names.map(harmless).join(', '))));
    } else if (result.letter.state === 'differs') {
      article.append(make('p', word('letter_differs', harmless(result.letter.name)), 'warning'));
    } else if (result.letter.state === 'not-comparable') {
      article.append(make('p', word('letter_not_comparable', harmless(result.letter.name)), 'warning'));
    } else {
      article.append(make('p', word('letter_not_given'), 'warning'));
    }
    if (result.printed) article.append(make('p', word('printed'), 'warning'));
    article.append(make('p', harmless(result.name), 'of-file'));
    article.append(page(word('details'), result));
    return article;
  }

  // What closes a dossier. The proofs in it have verdicts of their own.
  function shownDossier(result) {
    const article = make('article', undefined, result.tone);
    const title = make('h3', result.title);
    title.tabIndex = -1;
    article.append(title, make('p', result.verdict, 'verdict'), make('p', word('dossier_says')), make('p', harmless(result.name), 'of-file'));
    article.append(page(word('dossier_details'), result));
    return article;
  }

  // The page of a proof is text that the module escaped. It stands in a frame of its own in which no script runs; the frame
  // has the origin of this page only so that its height can be read.
  function page(summary, result) {
    const details = make('details');
    details.append(make('summary', summary));
    details.addEventListener('toggle', () => {
      if (!details.open || details.querySelector('iframe')) return;
      const frame = make('iframe');
      frame.setAttribute('sandbox', 'allow-same-origin allow-downloads');
      frame.title = word('frame', harmless(result.name));
      frame.addEventListener('load', () => {
        const height = frame.contentDocument?.documentElement.scrollHeight;
        if (height) frame.style.height = `${height + 32}px`;
      });
      frame.srcdoc = result.html;
      details.append(frame);
    });
    return details;
  }

  function focusVerdict() {
    const first = document.querySelector('#verdicts h3');
    if (first) first.focus();
  }

  // Runs one thing after the other. A fault of the module leaves it in no known state, so that it is not used again.
  function run(task) {
    queue = queue.then(() => (dead ? undefined : task())).catch((error) => {
      dead = true;
      console.error(error);
      element('results').hidden = true;
      say('');
      warn(module ? 'verify_failed' : 'module_failed');
      for (const control of document.querySelectorAll('input, button, textarea, select')) control.disabled = true;
    });
    return queue;
  }

  async function start() {
    const base64 = element('module').textContent;
    const compressed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('gzip'));
    const made = await Module.of(await new Response(stream).arrayBuffer());
    made.configure(settings);
    module = made;
  }

  const known = Object.keys(words);
  const wanted = (navigator.languages ?? [navigator.language]).map((tag) => tag.slice(0, 2).toLowerCase());
  language = wanted.find((tag) => known.includes(tag)) ?? 'en';
  translate();
  run(start);

  element('language').addEventListener('change', (event) => {
    language = event.target.value;
    translate();
    run(() => verify());
  });
  element('numbers').addEventListener('change', () => run(() => verify()));
  const field = (id, role) => element(id).addEventListener('change', (event) => {
    const list = [...event.target.files];
    event.target.value = '';
    if (list.length > 0) run(() => add(list, role));
  });
  field('choose', DROPPED);
  for (const [id, role] of Object.entries(ANCHORS)) field(id, role);
  element('clear').addEventListener('click', () => run(() => forget([...files])));
  element('code-add').addEventListener('click', () => {
    const text = element('code').value.trim();
    element('code').value = '';
    if (text) run(() => add([new File([text], word('code_name'))], CODE));
  });
  const drop = element('drop');
  // A file that is dropped beside the place is not opened in the place of the page.
  for (const name of ['dragover', 'drop']) document.addEventListener(name, (event) => event.preventDefault());
  drop.addEventListener('dragover', () => drop.classList.add('over'));
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  document.addEventListener('drop', (event) => {
    drop.classList.remove('over');
    const list = [...(event.dataTransfer?.files ?? [])];
    if (list.length > 0) run(() => add(list, DROPPED));
  });
})();
