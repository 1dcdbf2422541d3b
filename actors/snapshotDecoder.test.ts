/** Tests of a snapshot in bad hands: what is not as it was written is not read. */
import { describe, expect, it } from 'vitest';
import { content, joined, read, written } from '../properties/support/writtenSnapshot.js';
import { sessionLimits } from './sessions.js';
import { SnapshotDamaged, SnapshotDecoder } from './snapshotDecoder.js';
import { encodeSnapshot, frameCrc, section, snapshotFormat } from './snapshotFormat.js';

const small = written(content(Uint8Array.of(1, 2, 3)));

function damageIn(bytes: Uint8Array): SnapshotDamaged {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof SnapshotDamaged) return error;
    throw error;
  }
  throw new Error('it was read');
}

/** A stream of these frames, each with the CRC that it should have. */
function ofFrames(...frames: readonly (readonly [code: number, body: Uint8Array])[]): Uint8Array {
  const [prologue] = encodeSnapshot(content());
  // The prologue as the head and the body of a frame gives its plain CRC.
  let crc = frameCrc(prologue!.subarray(0, 5), prologue!.subarray(5), 0);
  const parts = frames.map(([code, body]) => {
    const frame = Buffer.alloc(9 + body.length);
    frame.writeUInt32LE(body.length, 0);
    frame[4] = code;
    crc = frameCrc(frame, body, crc);
    frame.writeUInt32LE(crc, 5);
    frame.set(body, 9);
    return frame;
  });
  return joined([prologue!, ...parts]);
}

/** The frames of a snapshot, whose bodies may be changed. */
function framesOf(bytes: Uint8Array): (readonly [number, Uint8Array])[] {
  const frames: (readonly [number, Uint8Array])[] = [];
  for (let at = snapshotFormat.prologueBytes; at < bytes.length; ) {
    const length = Buffer.from(bytes).readUInt32LE(at);
    frames.push([bytes[at + 4]!, bytes.subarray(at + 9, at + 9 + length)]);
    at += 9 + length;
  }
  return frames;
}

describe('a snapshot that is not whole', () => {
  it('is noticed wherever it was cut off', () => {
    for (let end = 0; end < small.length; end++)
      expect(() => read(small.subarray(0, end)), `${end} bytes`).toThrow(SnapshotDamaged);
  });

  it('is noticed whichever bit has turned', () => {
    for (let bit = 0; bit < small.length * 8; bit++) {
      const rotten = small.slice();
      rotten[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => read(rotten), `bit ${bit}`).toThrow(SnapshotDamaged);
    }
  });

  it('is noticed where something follows, such as another one', () => {
    expect(damageIn(Buffer.concat([small, small])).what).toBe('more bytes follow the end');
    expect(damageIn(Buffer.concat([small, Uint8Array.of(0)])).offset).toBe(small.length);
  });

  it('is noticed where frames are missing, doubled or exchanged, though each is whole', () => {
    const half = snapshotFormat.bodyBytesMax;
    const state = new Uint8Array(3 * half).map((_, at) => Math.floor(at / half));
    const pieces = [...encodeSnapshot(content(state))];
    const [one, two, three] = [pieces[4]!, pieces[5]!, pieces[6]!];
    const before = pieces.slice(0, 4);
    const after = pieces.slice(7);
    for (const middle of [[one, three], [one, two, two, three], [two, one, three], []]) {
      const damage = damageIn(Buffer.concat([...before, ...middle, ...after]));
      expect(damage.what).toContain('its CRC-32 is wrong');
    }
  });

  it('is noticed where it was put together from two', () => {
    const other = written({ ...content(Uint8Array.of(9)), group: 8 });
    const [ours, theirs] = [[...framesOf(small)], [...framesOf(other)]];
    const sizes = ours.map(([, body]) => 9 + body.length);
    const beforeState = 8 + sizes[0]! + sizes[1]! + sizes[2]!;
    expect(theirs.length).toBe(ours.length);
    const mixed = Buffer.concat([small.subarray(0, beforeState), other.subarray(beforeState)]);
    expect(damageIn(mixed).what).toContain('its CRC-32 is wrong');
  });

  it('says where it is wrong, and what', () => {
    const rotten = small.slice();
    rotten[small.length - 20]! ^= 1;
    const damage = damageIn(rotten);
    expect(damage.code).toBe('RAFT_STORE_DAMAGED');
    expect(damage.offset).toBe(small.length - 9 - 8 - 9 - 3);
    expect(damage.message).toBe(
      `the snapshot is not whole: byte ${damage.offset}: section 4: its CRC-32 is wrong`,
    );
    expect(damageIn(small.subarray(0, -1)).what).toBe('its end is missing');
  });

  it('stays so: what was wrong is said again, whatever comes', () => {
    const decoder = new SnapshotDecoder({ head: () => {}, state: () => {} });
    expect(() => decoder.push(new Uint8Array(8))).toThrow('this is no snapshot');
    expect(() => decoder.push(small)).toThrow('this is no snapshot');
    expect(() => decoder.finish()).toThrow('this is no snapshot');
  });

  it('hands on what the listener throws, and goes no further', () => {
    const decoder = new SnapshotDecoder({
      head: () => {},
      state() {
        throw new Error('a state of another service');
      },
    });
    expect(() => decoder.push(small)).toThrow('a state of another service');
    expect(() => decoder.finish()).toThrow('a state of another service');
  });
});

describe('a snapshot that no server has written', () => {
  const [headBody, configurationBody, sessionsBody, stateBody, endBody] = framesOf(small).map(
    ([, body]) => body,
  ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const first = [section.head, headBody] as const;
  const second = [section.configuration, configurationBody] as const;
  const third = [section.sessions, sessionsBody] as const;
  const fourth = [section.state, stateBody] as const;
  const last = [section.end, endBody] as const;
  const long = (body: Uint8Array) => Buffer.concat([body, Uint8Array.of(0)]);
  const megabyte = Array.from({ length: 17 }, () => [
    section.configuration,
    new Uint8Array(snapshotFormat.bodyBytesMax),
  ]) as (readonly [number, Uint8Array])[];
  const manySessions = new Uint8Array(4).fill(0xff);

  it('is put together by this test as the encoder does it', () => {
    expect(ofFrames(first, second, third, fourth, last)).toEqual(small);
  });

  it.each([
    ['section 2 cannot follow section 0', [second]],
    ['section 1 cannot follow section 1', [first, first]],
    ['section 2 cannot follow section 3', [first, second, third, second]],
    ['section 3 cannot follow section 4', [first, second, third, fourth, third]],
    ['section 6 cannot follow section 1', [first, [6, headBody]]],
    ['section 0 cannot follow section 1', [first, [0, headBody]]],
    ['1 bytes after the head', [[section.head, long(headBody)]]],
    ['ends 8 bytes too early', [[section.head, headBody.subarray(0, 30)]]],
    ['a configuration of more than 1048576 bytes', [first, ...megabyte]],
    ['JSON', [first, [section.configuration, Uint8Array.of(0x7b)], third, fourth]],
    [
      `4294967295 sessions, where ${sessionLimits.sessionsMax} are allowed`,
      [first, second, [section.sessions, manySessions]],
    ],
    ['1 bytes after the end', [first, second, [section.sessions, long(sessionsBody)]]],
    ['the end of the sessions is missing', [first, second, fourth]],
    ['the end of the sessions is missing', [first, second, last]],
    ['bytes, where', [first, second, third, last]],
    ['bytes, where', [first, second, third, fourth, [section.end, long(endBody)]]],
  ] as [string, (readonly [number, Uint8Array])[]][])('is refused: %s', (message, frames) => {
    expect(damageIn(ofFrames(...frames)).what).toContain(message);
  });

  it('is refused by the length of a frame alone, before its body comes', () => {
    const bytes = ofFrames([section.head, headBody]).slice(0, snapshotFormat.prologueBytes + 9);
    bytes[10] = 1; // 65,536 and some more
    const decoder = new SnapshotDecoder({ head: () => {}, state: () => {} });
    expect(() => decoder.push(bytes)).toThrow('where 65536 are allowed');
  });

  it('is refused when it is of a newer format, in one line that says what to do', () => {
    const newer = small.slice();
    newer[4] = 2;
    expect(damageIn(newer).message).toBe(
      'the snapshot is not whole: byte 0: its format is 2, and this release reads 1; ' +
        'use the release that wrote it, or a later one',
    );
  });
});
