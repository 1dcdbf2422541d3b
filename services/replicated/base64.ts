/** Bytes as base64 text, where there is neither a Buffer nor a window. */

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const values = new Map(Array.from(digits, (digit, value) => [digit.charCodeAt(0), value]));
const wellFormed = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;

/** As many bytes are turned into text at once. */
const sliceBytes = 3 * 1024;

/** The text of `bytes`. */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += sliceBytes) {
    text += textOf(bytes.subarray(from, from + sliceBytes));
  }
  return text;
}

function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const three = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += digits[three >>> 18]! + digits[(three >>> 12) & 63]!;
    text += at + 1 < bytes.length ? digits[(three >>> 6) & 63]! : '=';
    text += at + 2 < bytes.length ? digits[three & 63]! : '=';
  }
  return text;
}

/** The bytes of `text`; undefined for what is no base64. */
export function bytesOf(text: string): Uint8Array | undefined {
  if (!wellFormed.test(text)) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let from = 0, at = 0; from < text.length; from += 4) {
    const four = [0, 1, 2, 3].map((digit) => values.get(text.charCodeAt(from + digit)) ?? 0);
    const three = (four[0]! << 18) | (four[1]! << 12) | (four[2]! << 6) | four[3]!;
    for (let shift = 16; shift >= 0 && at < bytes.length; shift -= 8) bytes[at++] = three >>> shift;
  }
  return bytes;
}
