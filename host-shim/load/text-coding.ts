// UTF-8 for hosts without TextDecoder and TextEncoder, such as Segment functions: the code that
// surrounds the wasm needs both as it is loaded. Follows the WHATWG Encoding Standard.

const replacement = 0xfffd;
const byteOrderMark = 0xfeff;

/** As much of TextDecoder as is used: UTF-8, whole or in parts, replacing what is ill-formed. */
export class Utf8Decoder {
  readonly #ignoreBOM: boolean;
  #atStart = true;
  #codePoint = 0;
  #needed = 0;
  #lower = 0x80;
  #upper = 0xbf;

  constructor(_label = "utf-8", { ignoreBOM = false } = {}) {
    this.#ignoreBOM = ignoreBOM;
  }

  decode(bytes: Uint8Array = new Uint8Array(), { stream = false } = {}): string {
    const points: number[] = [];
    let text = "";
    for (const byte of bytes) {
      this.#push(byte, points);
      // Spread into one call, more would overflow the stack.
      if (points.length >= 4096) text += this.#text(points.splice(0));
    }
    if (!stream && this.#needed > 0) {
      this.#reset();
      points.push(replacement);
    }
    text += this.#text(points);
    if (!stream) this.#atStart = true;
    return text;
  }

  #push(byte: number, points: number[]): void {
    if (this.#needed === 0) {
      this.#begin(byte, points);
    } else if (byte < this.#lower || byte > this.#upper) {
      this.#reset();
      points.push(replacement);
      this.#begin(byte, points);
    } else {
      this.#codePoint = (this.#codePoint << 6) | (byte & 0x3f);
      this.#lower = 0x80;
      this.#upper = 0xbf;
      this.#needed -= 1;
      if (this.#needed === 0) points.push(this.#codePoint);
    }
  }

  #begin(byte: number, points: number[]): void {
    if (byte < 0x80) {
      points.push(byte);
    } else if (byte >= 0xc2 && byte <= 0xdf) {
      this.#expect(1, byte & 0x1f);
    } else if (byte >= 0xe0 && byte <= 0xef) {
      // No overlong forms, no surrogates.
      if (byte === 0xe0) this.#lower = 0xa0;
      if (byte === 0xed) this.#upper = 0x9f;
      this.#expect(2, byte & 0x0f);
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      // No overlong forms, nothing past the last code point.
      if (byte === 0xf0) this.#lower = 0x90;
      if (byte === 0xf4) this.#upper = 0x8f;
      this.#expect(3, byte & 0x07);
    } else {
      points.push(replacement);
    }
  }

  #expect(needed: number, bits: number): void {
    this.#needed = needed;
    this.#codePoint = bits;
  }

  #reset(): void {
    this.#needed = 0;
    this.#lower = 0x80;
    this.#upper = 0xbf;
  }

  #text(points: number[]): string {
    if (points.length === 0) return "";
    if (this.#atStart && !this.#ignoreBOM && points[0] === byteOrderMark) points.shift();
    this.#atStart = false;
    return String.fromCodePoint(...points);
  }
}

/** As much of TextEncoder as is used. A lone surrogate becomes U+FFFD. */
export class Utf8Encoder {
  encode(text = ""): Uint8Array {
    const bytes = new Uint8Array(text.length * 3);
    let length = 0;
    const push = (byte: number) => {
      bytes[length] = byte;
      length += 1;
    };
    for (const character of text) {
      const found = character.codePointAt(0) ?? replacement;
      const point = found >= 0xd800 && found <= 0xdfff ? replacement : found;
      const continued = (shift: number) => push(0x80 | ((point >> shift) & 0x3f));
      if (point < 0x80) {
        push(point);
      } else if (point < 0x800) {
        push(0xc0 | (point >> 6));
        continued(0);
      } else if (point < 0x10000) {
        push(0xe0 | (point >> 12));
        continued(6);
        continued(0);
      } else {
        push(0xf0 | (point >> 18));
        continued(12);
        continued(6);
        continued(0);
      }
    }
    return bytes.subarray(0, length);
  }
}

const host = globalThis as { TextDecoder?: unknown; TextEncoder?: unknown };
host.TextDecoder ??= Utf8Decoder;
host.TextEncoder ??= Utf8Encoder;
