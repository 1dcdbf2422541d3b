/**
 * A digest of everything that happened in a run: two runs are the same to the byte if their digests
 * are.
 */
export class Digest {
  #a = 0x9e3779b9;
  #b = 0x85ebca6b;

  /** Takes in a number; of fractions, sixteenths count. */
  add(value: number): void {
    const x = (value * 16) | 0;
    this.#a = Math.imul(this.#a ^ x, 0x21f0aaad) ^ (this.#a >>> 15);
    this.#b = Math.imul(this.#b ^ this.#a, 0x735a2d97) ^ (this.#b >>> 13) ^ x;
  }

  addBytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.add(byte);
  }

  addText(text: string): void {
    for (let i = 0; i < text.length; i++) this.add(text.charCodeAt(i));
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    const hex = (x: number) => (x >>> 0).toString(16).padStart(8, '0');
    return hex(this.#a) + hex(this.#b);
  }
}
