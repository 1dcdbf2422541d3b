import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.js';
import { StoreDamaged } from './logStore.js';
import { FormatTooNew } from './walFormat.js';
import { decodeIdentity, encodeIdentity } from './walIdentity.js';

const identity = { clusterId: 'kv "quoted"', serverId: 's1', storeId: 'd7f3ä' };
const bytes = encodeIdentity(identity);
const text = (of: Uint8Array) => new TextDecoder().decode(of);

function decoded(file: Uint8Array): unknown {
  try {
    return decodeIdentity('data/identity', file);
  } catch (error) {
    return error;
  }
}

describe('the identity of a folder', () => {
  it('is read as it was written', () => {
    expect(decoded(bytes)).toEqual(identity);
  });

  it('can be read by a person', () => {
    const [line] = text(bytes).split('\n');
    expect(JSON.parse(line!)).toEqual({ formatVersion: 1, ...identity });
  });

  it('is refused when any of its bytes is another, or missing', () => {
    const end = bytes.length - 1;
    for (let at = 0; at < end; at++) {
      for (const mask of [1, 0x80, 0xff]) {
        const error = decoded(bytes.with(at, bytes[at]! ^ mask));
        expect(error, `byte ${at} xor ${mask}`).toBeInstanceOf(StoreDamaged);
      }
      expect(decoded(bytes.subarray(0, at)), `cut at ${at}`).toBeInstanceOf(StoreDamaged);
    }
  });

  it('says what to do when it is damaged', () => {
    expect(String(decoded(new Uint8Array(0)))).toBe(
      'StoreDamaged: data/identity, byte 0: its checksum does not fit. ' +
        'Restore the file from a backup, or empty the folder and let the server join anew',
    );
  });

  it('of a newer release is refused in one line', () => {
    const [line] = text(bytes).replace('"formatVersion":1', '"formatVersion":2').split('\n');
    const sum = crc32(new TextEncoder().encode(line)).toString(16).padStart(8, '0');
    const error = decoded(new TextEncoder().encode(`${line}\n${sum}\n`)) as FormatTooNew;
    expect(error).toBeInstanceOf(FormatTooNew);
    expect(error.code).toBe('RAFT_VERSION');
    expect(error.message).toBe(
      'data/identity: format version 2, but this release knows versions up to 1. ' +
        'Start it with the release that wrote it, or a newer one',
    );
  });
});
