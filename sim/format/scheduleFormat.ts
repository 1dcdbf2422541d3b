/**
 * Schedules in files, as people and the search write them. What a file leaves out has a default, so
 * that a short one says only what matters.
 */
import { defaultSettings, settingsFlaw } from '../../machines/settings.js';
import type { Schedule } from '../schedule.js';
import { simulatedClients } from '../sessionClients.js';
import { deedSchema, faultSchema } from './faultSchema.js';
import { BadInput, parseJson } from './parseJson.js';
import { lineOf } from './placeOf.js';
import type { Schema } from './schema.js';

/** A schedule, and the seed of what chance has left to it. */
export interface Case<C = number> {
  readonly schedule: Schedule<C>;
  readonly seed: number;
}

/** A run goes on for so long after the last thing that its schedule names, unless it says, ms. */
const afterwardsMs = 3_000;

/** No instant is later, virtual ms: eleven days. */
const timeMaxMs = 1_000_000_000;

const duration: Schema = {
  type: 'number',
  minimum: 0,
  maximum: timeMaxMs,
  description: 'Virtual ms.',
};
const at: Schema = { ...duration, description: 'Virtual ms since the beginning.' };
const server: Schema = { type: 'integer', minimum: 0, maximum: 6 };

const settings = Object.fromEntries(
  Object.entries(defaultSettings).map(([name, value]): [string, Schema] => [
    name,
    typeof value === 'boolean'
      ? { type: 'boolean', default: value }
      : { type: 'number', minimum: 0, default: value },
  ]),
);

/** Bounds of nothing at all would refuse everything. */
const clientSettings = Object.fromEntries(
  Object.entries(simulatedClients).map(([name, value]): [string, Schema] => [
    name,
    { type: name.endsWith('Ms') ? 'number' : 'integer', minimum: 1, default: value },
  ]),
);

export const scheduleSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A schedule of the raftchart simulator',
  type: 'object',
  additionalProperties: false,
  required: ['servers'],
  properties: {
    version: { const: 1, description: 'Of this format.' },
    servers: { type: 'integer', minimum: 1, maximum: 7 },
    seed: {
      type: 'integer',
      minimum: 0,
      description: 'Decides what chance decides.',
      default: 0,
    },
    forMs: { ...duration, description: 'How long it runs, virtual ms (3,000 after all else).' },
    quietMs: {
      ...duration,
      description:
        'After that the servers are left alone for so long, or until they make progress.',
      default: 0,
    },
    windows: {
      type: 'array',
      maxItems: 10_000,
      description:
        'What goes wrong: from at on, or from the first such deed after it, for as long as dur.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['at', 'dur', 'fault'],
        properties: { at, when: deedSchema, dur: duration, fault: faultSchema },
      },
    },
    load: {
      type: 'array',
      maxItems: 100_000,
      description:
        'What clients ask for: a number to be added to a running sum, or, without a command, ' +
        'what the sum is. Clients from 5 on hold sessions, and reach the leader by any server.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['at', 'client'],
        properties: {
          at,
          client: { type: 'integer', minimum: 0, maximum: 99 },
          command: { type: 'number', minimum: -1e9, maximum: 1e9 },
          abortAfterMs: {
            ...duration,
            description: 'A client with a session gives up after so long.',
          },
          stop: {
            const: true,
            description: 'It asks for nothing: a client with a session stops, for good.',
          },
        },
      },
    },
    deviations: {
      type: 'array',
      maxItems: 100_000,
      description: 'What is done to single messages: to the nth from one server to another.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['from', 'to', 'message'],
        properties: {
          from: server,
          to: server,
          message: { type: 'integer', minimum: 1 },
          drop: { const: true },
          extraMs: duration,
        },
      },
    },
    slowDisksMs: {
      type: 'array',
      maxItems: 7,
      description: 'How much longer than others the disks of the first servers take, ms.',
      items: duration,
    },
    segmentBytes: {
      type: 'integer',
      minimum: 2_048,
      maximum: 16_777_216,
      description: 'Size of the segments of their logs.',
      default: 262_144,
    },
    sessionsMax: {
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000,
      description: 'How many sessions of clients are kept; who comes then ends the oldest.',
      default: 4_096,
    },
    settings: {
      type: 'object',
      description: 'Settings of the servers that differ from the defaults.',
      additionalProperties: false,
      properties: settings,
    },
    clients: {
      type: 'object',
      description: 'Settings of clients with sessions that differ from the defaults here.',
      additionalProperties: false,
      properties: clientSettings,
    },
  },
};

type Written = Partial<Schedule<number>> & {
  readonly servers: number;
  readonly seed?: number;
  readonly version?: 1;
};

/**
 * Reads a schedule; `source` names the file in what is said of its flaws.
 * @throws BadInput
 */
export function parseSchedule(text: string, source: string): Case {
  const { seed = 0, version: _, ...written } = parseJson(text, scheduleSchema, source) as Written;
  const { windows = [], load = [], deviations = [] } = written;
  const flaw = settingsFlaw({ ...defaultSettings, ...written.settings });
  if (flaw !== undefined) {
    const line = lineOf(text, ['settings', flaw.slice(0, flaw.indexOf(':'))]);
    throw new BadInput(`${source}, line ${line}: settings.${flaw}`);
  }
  const ends = [...windows.map((one) => one.at + one.dur), ...load.map((one) => one.at)];
  const last = ends.reduce((latest, end) => Math.max(latest, end), 0);
  const forMs = written.forMs ?? last + afterwardsMs;
  return { schedule: { ...written, forMs, windows, load, deviations }, seed };
}

/** A schedule as a file: one fault, one request a line. */
export function scheduleText({ schedule, seed }: Case): string {
  const { servers, forMs, windows, load, deviations, ...rest } = schedule;
  const lines = (list: readonly unknown[]) =>
    list.length === 0
      ? '[]'
      : `[\n${list.map((one) => `    ${JSON.stringify(one)}`).join(',\n')}\n  ]`;
  const plain = { version: 1, seed, servers, forMs, ...rest };
  const parts = [
    ...Object.entries(plain).flatMap(([name, value]) =>
      isSaid(value) ? [`  "${name}": ${JSON.stringify(value)}`] : [],
    ),
    `  "windows": ${lines(windows)}`,
    `  "load": ${lines(load)}`,
    ...(deviations.length === 0 ? [] : [`  "deviations": ${lines(deviations)}`]),
  ];
  return `{\n${parts.join(',\n')}\n}\n`;
}

/** Whether it says anything: not an empty list, or settings that are none. */
function isSaid(value: unknown): boolean {
  if (value === undefined) return false;
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
}
