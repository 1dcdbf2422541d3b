/**
 * Schedules in files, as people and the search write them. What a file leaves out has a default, so
 * that a short one says only what matters.
 */
import { defaultSettings, settingsFlaw } from '../../machines/settings.js';
import type { Schedule } from '../schedule.js';
import { faultSchema } from './faultSchema.js';
import { BadInput, parseJson } from './parseJson.js';
import type { Schema } from './schema.js';

/** A schedule, and the seed of what chance has left to it. */
export interface Case<C = number> {
  readonly schedule: Schedule<C>;
  readonly seed: number;
}

/** A run goes on for so long after the last thing that its schedule names, unless it says, ms. */
const afterwardsMs = 3_000;

const at: Schema = { type: 'number', minimum: 0, description: 'Virtual ms since the beginning.' };
const duration: Schema = { type: 'number', minimum: 0, description: 'Virtual ms.' };
const server: Schema = { type: 'integer', minimum: 0, maximum: 6 };

const settings = Object.fromEntries(
  Object.entries(defaultSettings).map(([name, value]): [string, Schema] => [
    name,
    typeof value === 'boolean' ? { type: 'boolean' } : { type: 'number', minimum: 0 },
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
    seed: { type: 'integer', minimum: 0, description: 'Decides what chance decides (0).' },
    forMs: { ...duration, description: 'How long it runs, virtual ms (3,000 after all else).' },
    quietMs: {
      ...duration,
      description:
        'After that the servers are left alone for so long, or until they make progress (0).',
    },
    windows: {
      type: 'array',
      description: 'What goes wrong, and when.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['at', 'dur', 'fault'],
        properties: { at, dur: duration, fault: faultSchema },
      },
    },
    load: {
      type: 'array',
      description:
        'What clients ask for: a number to be added to a running sum, or, without a command, ' +
        'what the sum is. Clients from 5 on hold sessions, and reach the leader through any server.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['at', 'client'],
        properties: {
          at,
          client: { type: 'integer', minimum: 0, maximum: 99 },
          command: { type: 'number' },
        },
      },
    },
    deviations: {
      type: 'array',
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
      description: 'How much longer than others the disks of the first servers take, ms.',
      items: duration,
    },
    segmentBytes: {
      type: 'integer',
      minimum: 2_048,
      description: 'Size of the segments of their logs (262,144).',
    },
    settings: {
      type: 'object',
      description: 'Settings of the servers that differ from the defaults (docs/api.md).',
      additionalProperties: false,
      properties: settings,
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
  if (flaw !== undefined) throw new BadInput(`${source}: settings.${flaw}`);
  const last = Math.max(0, ...windows.map((one) => one.at + one.dur), ...load.map((one) => one.at));
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
