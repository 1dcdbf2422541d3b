/** What faults look like in a file: one form for each kind. */
import type { Deed, Fault, FaultKind } from '../fault.js';
import type { Schema } from './schema.js';

const deeds = ['voter', 'elected', 'committer'] as const satisfies readonly Deed[];

const target: Schema = {
  description:
    'A server by its number from 0 on, or by what it is when the fault begins (leader, upToDate), ' +
    'or by what it does next: the fault then begins as soon as some server does that.',
  anyOf: [{ type: 'integer', minimum: 0, maximum: 6 }, { enum: ['leader', 'upToDate', ...deeds] }],
};

const percent: Schema = { type: 'number', minimum: 0, maximum: 100 };
const ms: Schema = { type: 'number', minimum: 0, maximum: 600_000 };

type Fields<F extends Fault> = {
  readonly [N in keyof Omit<F, 'kind'>]-?: Schema;
};

/** The fields of each kind. */
const fields: { readonly [K in FaultKind]: Fields<Extract<Fault, { kind: K }>> } = {
  partition: { side: { type: 'array', items: { type: 'integer', minimum: 0, maximum: 6 } } },
  isolate: { server: target },
  mute: { server: target },
  deafen: { server: target },
  loss: { percent },
  duplication: { percent },
  delay: { percent, maxMs: ms },
  crash: { server: target },
  kill: { server: target },
  pause: { server: target },
  slowDisk: { server: target, extraMs: ms },
  stallDisk: { server: target },
  failSync: { server: target },
  fullDisk: { server: target },
  clockJump: { server: target, ms: { type: 'number' } },
  drift: { server: target, percent: { type: 'number', minimum: -50, maximum: 100 } },
  transfer: { server: target },
  wipe: { server: target },
  swap: { server: target, with: { type: 'integer', minimum: 0, maximum: 6 } },
  restoreCopy: { server: target },
  secondProcess: { server: target },
};

/** Fields that may be left out. */
const optional = new Set(['with']);

export const faultSchema: Schema = {
  oneOf: Object.entries(fields).map(([kind, own]: [string, Readonly<Record<string, Schema>>]) => ({
    type: 'object',
    required: ['kind', ...Object.keys(own).filter((name) => !optional.has(name))],
    additionalProperties: false,
    properties: { kind: { const: kind }, ...own },
  })),
};
