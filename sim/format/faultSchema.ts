/** What faults look like in a file: one form for each kind. */
import type { MessageType } from '../../machines/messages.js';
import { deeds } from '../deeds.js';
import type { Fault, FaultKind } from '../fault.js';
import type { Schema } from './schema.js';

/** What a fault may wait for. */
export const deedSchema: Schema = {
  description: 'What a server does, and a fault may wait for.',
  enum: Object.keys(deeds),
};

const roles = ['leader', 'follower', 'candidate', 'upToDate', 'onlyUpToDate'] as const;
/** A server by its number. */
const number: Schema = { type: 'integer', minimum: 0, maximum: 6 };

/** Whom a fault befalls. */
const server: Schema = {
  description:
    'A server by its number from 0 on; or by what it is when the fault begins; or by what it ' +
    'does next: the fault then begins as soon as some server does that.',
  anyOf: [number, { enum: [...roles, ...Object.keys(deeds)] }],
};

const percent: Schema = { type: 'number', minimum: 0, maximum: 100 };
/** Waits: up to ten minutes. */
const ms: Schema = { type: 'number', minimum: 0, maximum: 600_000 };
/** The same of what is done again and again, or drawn below: time has to go on. */
const someMs: Schema = { ...ms, minimum: 1 };
/** What is done to a wall clock, ms: ten years at most, as it begins with the year 2020. */
const jumpMs: Schema = { type: 'integer', minimum: -315_360_000_000, maximum: 315_360_000_000 };

const messageTypes: Readonly<Record<MessageType, true>> = {
  PreVoteRequest: true,
  PreVoteResponse: true,
  RequestVoteRequest: true,
  RequestVoteResponse: true,
  AppendEntriesRequest: true,
  AppendEntriesResponse: true,
  InstallSnapshotRequest: true,
  InstallSnapshotResponse: true,
  TimeoutNowRequest: true,
};

type Fields<F extends Fault> = {
  readonly [N in keyof Omit<F, 'kind'>]-?: Schema;
};

/** The fields of each kind. */
const fields: { readonly [K in FaultKind]: Fields<Extract<Fault, { kind: K }>> } = {
  partition: { side: { type: 'array', maxItems: 7, items: number } },
  isolate: { server },
  mute: { server },
  deafen: { server },
  loss: { percent },
  duplication: { percent },
  delay: { percent, maxMs: ms },
  slowLink: { server, to: number, extraMs: ms },
  latency: { meanMs: ms },
  throttle: { messages: { type: 'integer', minimum: 0 } },
  bridge: { server },
  ring: {},
  flap: { server, everyMs: someMs },
  clog: { server },
  lossOf: { type: { enum: Object.keys(messageTypes) }, percent },
  replay: { percent, maxMs: someMs },
  corruption: { percent },
  crash: { server },
  kill: { server },
  pause: { server },
  crashLoop: { server, everyMs: someMs },
  crashAll: { everyMs: ms },
  sluggish: { server, extraMs: ms },
  stall: { server },
  outOfMemory: { server },
  slowDisk: { server, extraMs: ms },
  stallDisk: { server },
  failSync: { server },
  failWrite: { server },
  failRead: { server },
  fullDisk: { server },
  clockJump: { server, ms: jumpMs },
  drift: { server, percent: { type: 'number', minimum: -50, maximum: 100 } },
  strobe: { server, ms: jumpMs, everyMs: someMs },
  impatient: { server },
  transfer: { server },
  wipe: { server },
  swap: { server, with: number },
  restoreCopy: { server },
  bitRot: { server },
  misdirected: { server },
  loseFile: { server },
  truncateFile: { server },
  secondProcess: { server },
};

/** Fields that may be left out. */
const optional = new Set(['with']);

export const faultSchema: Schema = {
  description: 'What goes wrong; docs/simulator.md has the table.',
  oneOf: Object.entries(fields).map(([kind, own]: [string, Readonly<Record<string, Schema>>]) => ({
    type: 'object',
    required: ['kind', ...Object.keys(own).filter((name) => !optional.has(name))],
    additionalProperties: false,
    properties: { kind: { const: kind }, ...own },
  })),
};

/** What has a name in published schemas, and is written down there once. */
export const definitions: Readonly<Record<string, Schema>> = {
  fault: faultSchema,
  target: server,
  deed: deedSchema,
};
