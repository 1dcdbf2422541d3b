/** Traces in files: a line for each event, and a first one that says of which run. */
import type { ServerId } from '../../machines/entry.js';
import type { TraceEvent } from '../trace.js';
import { faultSchema } from './faultSchema.js';
import type { Schema } from './schema.js';

/** The first line of a trace. */
export interface TraceHeader {
  readonly type: 'trace';
  readonly version: 1;
  readonly seed: number;
  readonly servers: readonly ServerId[];
}

const happened: Readonly<Record<string, Schema>> = {
  number: { type: 'integer', minimum: 1, description: '1 for the first event, and so on.' },
  cause: {
    type: 'integer',
    minimum: 0,
    description: 'The number of the event that it came of; 0: of the beginning.',
  },
  at: { type: 'number', minimum: 0, description: 'Virtual ms since the beginning.' },
};
const count: Schema = { type: 'integer', minimum: 0 };
const server: Schema = { type: 'string', description: 's1, s2, ...' };

function event(
  type: string,
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
): Schema {
  const all: Readonly<Record<string, Schema>> = {
    type: { const: type },
    ...happened,
    ...properties,
  };
  const required = Object.keys(all).filter((name) => !optional.includes(name));
  return { type: 'object', additionalProperties: false, required, properties: all };
}

const fault = { count: { type: 'integer', minimum: 1 }, fault: faultSchema, server } as const;
const request = { client: count, operation: count } as const;

export const traceSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A line of a trace of the raftchart simulator',
  oneOf: [
    {
      type: 'object',
      description: 'The first line.',
      additionalProperties: false,
      required: ['type', 'version', 'seed', 'servers'],
      properties: {
        type: { const: 'trace' },
        version: { const: 1 },
        seed: count,
        servers: { type: 'array', items: server },
      },
    },
    event(
      'step',
      {
        server,
        event: { type: 'string', description: 'What it received; Restart: it has just started.' },
        from: server,
        role: { enum: ['follower', 'preCandidate', 'candidate', 'leader'] },
        term: count,
        votedFor: server,
        lastIndex: count,
        commitIndex: count,
        guards: {
          type: 'array',
          description: 'What its guards were asked and said, on request.',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['guard', 'holds'],
            properties: { guard: { type: 'string' }, holds: { type: 'boolean' } },
          },
        },
      },
      ['from', 'votedFor', 'guards'],
    ),
    event('lost', { from: server, to: server, event: { type: 'string' } }),
    event('fault', fault, ['server']),
    event('healed', fault, ['server']),
    event('asked', { ...request, input: {} }, ['input']),
    event(
      'settled',
      { ...request, outcome: { enum: ['done', 'notDone', 'unknown'] }, output: {} },
      ['output'],
    ),
  ],
};

/** A trace as a file. */
export function traceText(
  header: Omit<TraceHeader, 'type' | 'version'>,
  trace: readonly TraceEvent[],
) {
  const lines = [{ type: 'trace', version: 1, ...header }, ...trace];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
