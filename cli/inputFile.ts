/** Files that people hand to a command: read whole, or refused in one line. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BadInput } from '../sim/format/parseJson.js';
import { verdictCodes } from './campaignReport.js';
import { Refusal } from './refusal.js';

/** Larger files are refused unless a command takes more, bytes: 16 MiB. */
const usualBytesMax = 16 * 1_024 * 1_024;
/** Files are read in pieces of so many bytes, */
const pieceBytes = 1_048_576;
/** and where nothing is there yet, they are looked at again after so many ms. */
const emptyPipeMs = 10;

/** How a file is called in messages; `-` is standard input. */
export function inputName(file: string): string {
  return file === '-' ? 'standard input' : file;
}

/** The text of a file; `-` is standard input. Throws a {@link Refusal} of exit code 2. */
export function inputText(file: string, bytesMax = usualBytesMax): string {
  const refused = (why: string, cause?: unknown) =>
    new Refusal(`${inputName(file)}: ${why}`, { exitCode: verdictCodes.badInput, cause });
  let bytes: Uint8Array | undefined;
  try {
    bytes = bytesOf(file, bytesMax);
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException;
    const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' }[code] ?? code;
    throw refused(`${why}; name a file that can be read`, error);
  }
  if (bytes === undefined) throw refused(`it has more than ${bytesMax} bytes; give a part of it`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw refused('it is no text in UTF-8; give a file of JSON', error);
  }
}

/** What `read` makes of an input; what it finds bad is refused with exit code 2. */
export function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw new Refusal(`${error.message}; docs/simulator.md has the form`, {
      exitCode: verdictCodes.badInput,
      cause: error,
    });
  }
}

/** All of it; undefined if that is more than `bytesMax`, which its size may say beforehand. */
function bytesOf(file: string, bytesMax: number): Uint8Array | undefined {
  const handle = file === '-' ? 0 : openSync(file, 'r');
  try {
    if (fstatSync(handle).size > bytesMax) return undefined;
    const piece = new Uint8Array(pieceBytes);
    const pieces: Uint8Array[] = [];
    for (let length = 0; length <= bytesMax; ) {
      const read = readPiece(handle, piece);
      if (read === 0) return Buffer.concat(pieces);
      pieces.push(piece.slice(0, read));
      length += read;
    }
    return undefined;
  } finally {
    if (handle !== 0) closeSync(handle);
  }
}

/** How many bytes there were; 0 at the end. */
function readPiece(handle: number, piece: Uint8Array): number {
  for (;;) {
    try {
      return readSync(handle, piece);
    } catch (error) {
      // A pipe may say that nothing is there yet, instead of waiting for it.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, emptyPipeMs);
    }
  }
}
