/** Faults that befall single messages: lost, doubled, damaged. */
import { ByteReader } from '../../actors/bytes.js';
import { decodeMessage } from '../../actors/wire.js';
import { WireError } from '../../actors/wireError.js';
import { draw, happens, purposes } from '../chance.js';
import type { Fault } from '../fault.js';
import type { Strain } from '../weather.js';
import type { FaultRules, Onset } from './onset.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

export const loss: FaultRules<Of<'loss'>> = {
  ids: ['N1'],
  expected: 'masked',
  mattersWhen: 'a message was lost, or a connection broke',
  begin: ({ fault: { percent }, weather, seed, mattered }) =>
    weather.add({
      impairs: everywhere,
      touches: (passage) => {
        const { link, number } = passage;
        passage.isLost = happens(percent, draw(seed, purposes.loss, link, number));
        return passage.isLost;
      },
      strains: (strain) => breaksSometimes(strain, percent),
      mattered,
    }),
};

export const lossOf: FaultRules<Of<'lossOf'>> = {
  ids: ['N16', 'S3', 'M6'],
  expected: 'masked',
  mattersWhen: 'a message was lost',
  begin: ({ fault: { type, percent }, weather, seed, mattered }) =>
    weather.add({
      impairs: everywhere,
      touches: (passage) => {
        const { link, number } = passage;
        passage.isLost =
          passage.type === type && happens(percent, draw(seed, purposes.loss, link, number));
        return passage.isLost;
      },
      mattered,
    }),
};

export const duplication: FaultRules<Of<'duplication'>> = {
  ids: ['N2', 'K2', 'S3'],
  expected: 'masked',
  mattersWhen: 'a message was delivered twice',
  begin: (onset) => delivering(onset, onset.fault.percent, purposes.duplicate, 64),
};

export const replay: FaultRules<Of<'replay'>> = {
  ids: ['N2', 'N19', 'S4'],
  expected: 'masked',
  mattersWhen: 'a message was delivered again',
  begin: (onset) => delivering(onset, onset.fault.percent, purposes.replay, onset.fault.maxMs),
};

/** Delivers a second time what is sent, up to so many ms later. */
function delivering(
  { weather, seed, mattered }: Onset,
  percent: number,
  purpose: number,
  maxMs: number,
) {
  return weather.add({
    touches: ({ link, number, copies }) => {
      const drawn = draw(seed, purpose, link, number);
      if (!happens(percent, drawn)) return false;
      copies.push({ laterMs: 1 + ((drawn >>> 16) % maxMs), arrived: mattered });
      return false;
    },
    mattered,
  });
}

/**
 * Frames have no checksum of their own, and need none: TCP drops what was damaged on its way and
 * sends it again, TLS ends the connection. What comes through all the same and is no message ends
 * the connection too. Damage that none of them sees is no fault of a wire but somebody's doing.
 */
export const corruption: FaultRules<Of<'corruption'>> = {
  ids: ['N17'],
  expected: 'masked',
  mattersWhen: 'a damaged message was dropped, or a connection broke',
  begin: ({ fault: { percent }, weather, seed, mattered }) =>
    weather.add({
      impairs: everywhere,
      touches: (passage) => {
        const { link, number, bytes } = passage;
        const drawn = draw(seed, purposes.corruption, link, number);
        if (!happens(percent, drawn)) return false;
        rejects(damaged(bytes, drawn >>> 8));
        passage.isLost = true;
        return true;
      },
      strains: (strain) => breaksSometimes(strain, percent),
      mattered,
    }),
};

/** A copy with another bit somewhere, or without its end. */
export function damaged(bytes: Uint8Array, drawn: number): Uint8Array {
  const at = (drawn >>> 4) % bytes.length;
  if (drawn % 2 === 0) return bytes.slice(0, at);
  const copy = bytes.slice();
  copy[at]! ^= 1 << ((drawn >>> 1) % 8);
  return copy;
}

/** Whatever the bytes are, the decoder says nothing worse of them than that they are no message. */
function rejects(bytes: Uint8Array): void {
  try {
    decodeMessage(new ByteReader(bytes), 'somebody');
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
}

/** What is lost is sent again on a connection, mostly. */
function breaksSometimes(strain: Strain, percent: number): boolean {
  if (strain.isBroken) return false;
  strain.isBroken = happens(percent / 8, strain.drawn);
  return strain.isBroken;
}

function everywhere(): boolean {
  return true;
}
