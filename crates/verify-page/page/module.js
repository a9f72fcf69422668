// The module as the page uses it: octets and JSON in, JSON out.
class Module {
  constructor(exports) {
    this.exports = exports;
    this.encoder = new TextEncoder();
    this.decoder = new TextDecoder();
  }

  static async of(octets) {
    const { instance } = await WebAssembly.instantiate(octets, {});
    return new Module(instance.exports);
  }

  // The memory is looked up each time, because it moves when it grows.
  place(id, length) {
    return new Uint8Array(this.exports.memory.buffer, this.exports.address(id), length);
  }

  buffer(octets) {
    const id = this.exports.buffer(octets.length);
    if (octets.length > 0) this.place(id, octets.length).set(octets);
    return id;
  }

  text(text) {
    return this.buffer(this.encoder.encode(text));
  }

  json(id) {
    const text = this.decoder.decode(this.place(id, this.exports.length(id)));
    this.exports.release(id);
    const value = JSON.parse(text);
    if (value !== null && typeof value === 'object' && 'error' in value) throw new Error(value.error);
    return value;
  }

  configure(settings) {
    return this.json(this.exports.configure(this.text(JSON.stringify(settings))));
  }

  verify(question) {
    return this.json(this.exports.verify(this.text(JSON.stringify(question))));
  }

  answer(stored) {
    return this.json(this.exports.answer(this.text(JSON.stringify(stored))));
  }

  // Reads a file (a Blob) in slices, and tells the octets read. One slice is in memory at a time: where the browser can, it fills
  // the same one again, because a letter of gigabytes would leave as many octets to be collected.
  async add(file, name, role, progress) {
    const SLICE = 1 << 20;
    const number = this.exports.open(role, this.text(name), file.size);
    if (number === 0) throw new RangeError('files');
    const slice = this.exports.buffer(SLICE);
    let octetsRead = 0;
    const take = (octets) => {
      this.place(slice, octets.length).set(octets);
      this.exports.update(number, slice, octets.length);
      octetsRead += octets.length;
      progress(octetsRead);
    };
    try {
      const reader = Module.reader(file);
      if (reader) {
        let buffer = new ArrayBuffer(SLICE);
        for (;;) {
          const { done, value } = await reader.read(new Uint8Array(buffer));
          if (done) break;
          take(value);
          buffer = value.buffer;
        }
      } else {
        while (octetsRead < file.size) take(new Uint8Array(await file.slice(octetsRead, octetsRead + SLICE).arrayBuffer()));
      }
      const { kind } = this.json(this.exports.close(number));
      if (kind === 'dossier') await this.unpack(number, file, progress);
      return { number, kind };
    } catch (error) {
      this.exports.remove(number);
      throw error;
    } finally {
      this.exports.release(slice);
    }
  }

  // Reads a dossier: the module says which octets of it it wants.
  async unpack(number, file, progress) {
    let wanted = this.json(this.exports.unpack(number));
    let memory = new ArrayBuffer(1 << 20);
    while (wanted) {
      const octets = await Module.filled(file.slice(wanted.from, wanted.to), memory);
      memory = octets.buffer;
      progress(wanted.to);
      wanted = this.json(this.exports.supply(number, this.buffer(octets)));
    }
  }

  // Reads a file into the same memory again, where the browser can and it is large enough.
  static async filled(file, memory) {
    const reader = file.size <= memory.byteLength && Module.reader(file);
    if (!reader) return new Uint8Array(await file.arrayBuffer());
    let length = 0;
    while (length < file.size) {
      const { done, value } = await reader.read(new Uint8Array(memory, length, file.size - length));
      memory = value.buffer;
      if (done) break;
      length += value.length;
    }
    await reader.cancel();
    return new Uint8Array(memory, 0, length);
  }

  static reader(file) {
    try {
      return file.stream().getReader({ mode: 'byob' });
    } catch {
      return null;
    }
  }

  remove(number) {
    this.exports.remove(number);
  }
}
