/** What the contract of disks is told with: operations as promises, and bytes as text. */
import type { Disk, Done } from './disk.js';

/** The answer of an operation; throws its error. */
export function ask<T = void>(operation: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    operation((error, result) => {
      if (error === undefined) resolve(result);
      else reject(error);
    });
  });
}

/** The code of the error that an operation must answer with. */
export async function refused<T>(operation: (done: Done<T>) => void): Promise<string | undefined> {
  return ((await refusal(operation)) as { code?: string } | undefined)?.code;
}

export function refusal<T>(operation: (done: Done<T>) => void): Promise<Error | undefined> {
  return new Promise((resolve) => {
    operation((error) => resolve(error));
  });
}

export function content(disk: Disk, name: string): Promise<Uint8Array> {
  return ask((done) => disk.read(name, done));
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

export function check(held: boolean, what: string): void {
  if (!held) throw new Error(`does not hold: ${what}`);
}
