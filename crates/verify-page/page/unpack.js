// Unpacks the module: a file in the form of LZMA (Igor Pavlov, `LZMA specification`, 2015) and the CRC-32 of the module. It takes a
// quarter less than gzip, and no browser reads it by itself. The file has its properties in one octet, the size of the dictionary in
// four, the size of the module in eight, and one stream without an end marker. A file that is cut or damaged is an error.
function unpacked(file) {
  const damaged = () => { throw new Error('module'); };
  if (file.length < 22) damaged();
  const input = file.subarray(0, -4);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const properties = input[0];
  const literalContext = properties % 9;
  const literalPosition = Math.floor(properties / 9) % 5;
  const positionMask = (1 << Math.floor(properties / 45)) - 1;
  const size = view.getUint32(5, true);
  if (properties >= 225 || literalContext + literalPosition > 4 || view.getUint32(9, true) !== 0 || size > 1 << 26) damaged();
  // What was unpacked is the dictionary.
  const output = new Uint8Array(size);

  // The probabilities of bits, by what they decide: where each kind begins.
  const IS_MATCH = 0;
  const IS_REPEATED = 192;
  const IS_NOT_LAST = 204;
  const IS_NOT_SECOND = 216;
  const IS_NOT_THIRD = 228;
  const IS_LONG = 240;
  const SLOT = 432;
  const SPECIAL = 688;
  const ALIGN = 803;
  const LENGTH = 819;
  const REPEATED_LENGTH = 1333;
  const LITERAL = 1847;
  const probabilities = new Uint16Array(LITERAL + (0x300 << (literalContext + literalPosition))).fill(1024);

  // The range and the code of the decoder. Numbers of 32 bits in an array are faster than two variables, which would be fractions.
  const coder = Uint32Array.of(0xffffffff, view.getUint32(14));
  let place = 18;
  if (input[13] !== 0) damaged();

  const normalize = () => {
    if (coder[0] < 0x1000000) {
      coder[0] <<= 8;
      // Behind the end there are zeros; the end of the stream tells.
      coder[1] = (coder[1] << 8) | input[place];
      place += 1;
    }
  };
  const bit = (index) => {
    const probability = probabilities[index];
    const bound = Math.imul(coder[0] >>> 11, probability) >>> 0;
    let value = 0;
    if (coder[1] < bound) {
      coder[0] = bound;
      probabilities[index] = probability + ((2048 - probability) >> 5);
    } else {
      coder[0] -= bound;
      coder[1] -= bound;
      probabilities[index] = probability - (probability >> 5);
      value = 1;
    }
    normalize();
    return value;
  };
  const tree = (start, bits) => {
    let node = 1;
    for (let count = 0; count < bits; count += 1) node = (node << 1) | bit(start + node);
    return node - (1 << bits);
  };
  const reversed = (start, bits) => {
    let [node, value] = [1, 0];
    for (let count = 0; count < bits; count += 1) {
      const next = bit(start + node);
      node = (node << 1) | next;
      value |= next << count;
    }
    return value;
  };
  const direct = (bits) => {
    let value = 0;
    for (let count = 0; count < bits; count += 1) {
      coder[0] >>>= 1;
      const next = coder[1] >= coder[0] ? 1 : 0;
      if (next) coder[1] -= coder[0];
      value = value * 2 + next;
      normalize();
    }
    return value;
  };
  const length = (start, position) => {
    if (bit(start) === 0) return 2 + tree(start + 2 + position * 8, 3);
    if (bit(start + 1) === 0) return 10 + tree(start + 130 + position * 8, 3);
    return 18 + tree(start + 258, 8);
  };
  const distance = (stated) => {
    const slot = tree(SLOT + Math.min(stated - 2, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    return slot < 14 ? base + reversed(SPECIAL + base - slot, bits) : base + direct(bits - 4) * 16 + reversed(ALIGN, 4);
  };

  let state = 0;
  let [last, second, third, fourth] = [0, 0, 0, 0];
  for (let end = 0; end < size;) {
    if (place > input.length) damaged();
    const position = end & positionMask;
    if (bit(IS_MATCH + state * 16 + position) === 0) {
      const before = end > 0 ? output[end - 1] : 0;
      const context = ((end & ((1 << literalPosition) - 1)) << literalContext) + (before >> (8 - literalContext));
      const start = LITERAL + 0x300 * context;
      let symbol = 1;
      if (state >= 7) {
        // An octet behind a match differs from the one that would have continued it.
        let matched = output[end - last - 1];
        while (symbol < 0x100) {
          const expected = (matched >> 7) & 1;
          matched <<= 1;
          const next = bit(start + ((1 + expected) << 8) + symbol);
          symbol = (symbol << 1) | next;
          if (next !== expected) break;
        }
      }
      while (symbol < 0x100) symbol = (symbol << 1) | bit(start + symbol);
      output[end] = symbol;
      end += 1;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let count;
    if (bit(IS_REPEATED + state) === 0) {
      [fourth, third, second] = [third, second, last];
      count = length(LENGTH, position);
      last = distance(count);
      state = state < 7 ? 7 : 10;
    } else {
      let isShort = false;
      if (bit(IS_NOT_LAST + state) === 0) {
        isShort = bit(IS_LONG + state * 16 + position) === 0;
      } else if (bit(IS_NOT_SECOND + state) === 0) {
        [last, second] = [second, last];
      } else if (bit(IS_NOT_THIRD + state) === 0) {
        [last, second, third] = [third, last, second];
      } else {
        [last, second, third, fourth] = [fourth, last, second, third];
      }
      count = isShort ? 1 : length(REPEATED_LENGTH, position);
      state = state < 7 ? (isShort ? 9 : 8) : 11;
    }
    if (last >= end || count > size - end) damaged();
    for (let from = end - last - 1; count > 0; count -= 1) output[end++] = output[from++];
  }
  if (place !== input.length || coder[1] !== 0) damaged();
  if (checksum(output) !== view.getUint32(input.length, true)) damaged();
  return output;
}

// The CRC-32 of octets (RFC 1952, section 8).
function checksum(octets) {
  const table = Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bits = 0; bits < 8; bits += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
  });
  let value = ~0;
  for (let place = 0; place < octets.length; place += 1) value = table[(value ^ octets[place]) & 0xff] ^ (value >>> 8);
  return ~value >>> 0;
}
