// The module in Node, by the file that the page has.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const repository = join(here, '../../..');
export const vectors = join(repository, 'test-vectors');
export const exceptions = JSON.parse(readFileSync(join(here, 'exceptions.json'), 'utf8'));

const source = readFileSync(join(here, '../page/module.js'), 'utf8');
export const Module = new Function(`${source}\nreturn Module;`)();

export async function loaded(path) {
  const octets = readFileSync(path);
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(octets));
  if (imports.length > 0) throw new Error(`the module imports ${JSON.stringify(imports)}`);
  return Module.of(octets);
}

export const read = (file) => readFileSync(join(vectors, file));
export const text = (file) => read(file).toString('utf8');

export async function drop(module, file, name = file, role = 0) {
  return (await module.add(new Blob([read(file)]), name, role, () => {})).number;
}
