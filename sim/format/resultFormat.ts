/** The results of campaigns in files: what `simulate --json` prints, and `merge` reads. */

import { scheduleSchema } from './scheduleFormat.js';
import type { Schema } from './schema.js';

const count: Schema = { type: 'integer', minimum: 0 };
const counts: Schema = { type: 'object', additionalProperties: count };
const { $schema, ...schedule } = scheduleSchema;

export const resultSchema: Schema = {
  $schema: $schema!,
  title: 'The result of a campaign of the raftchart simulator',
  type: 'object',
  additionalProperties: false,
  required: [
    'ok',
    'seed',
    'runs',
    'virtualMs',
    'wallMs',
    'events',
    'digest',
    'violations',
    'broken',
    'faults',
    'sometimes',
    'missed',
    'transitions',
  ],
  properties: {
    ok: { type: 'boolean', description: 'Whether every law held in every run.' },
    seed: { ...count, description: 'The same seed, runs and options make the same campaign.' },
    runs: count,
    virtualMs: { type: 'number', minimum: 0, description: 'Of all runs together.' },
    wallMs: { ...count, description: 'How long it took; of shards, together.' },
    events: { ...count, description: 'Messages, timers and disk completions handed to servers.' },
    digest: { type: 'string', description: 'Two campaigns are the same if their digests are.' },
    violations: {
      type: 'array',
      description: 'The first runs that broke a law, each with the least that breaks it so.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['run', 'law', 'sentence', 'detail', 'at', 'server', 'seed', 'schedule'],
        properties: {
          run: { ...count, description: 'Which run of the campaign, from 0 on.' },
          law: { type: 'string' },
          sentence: { type: 'string' },
          detail: { type: 'string' },
          at: { type: 'number', description: 'Virtual ms.' },
          server: { type: 'string' },
          seed: count,
          schedule,
        },
      },
    },
    broken: { ...counts, description: 'How many runs broke each law.' },
    faults: {
      type: 'object',
      description: 'How often each kind of fault struck, and how often it made a difference.',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['fired', 'mattered'],
        properties: { fired: count, mattered: count },
      },
    },
    sometimes: { ...counts, description: 'Without these the laws were not tried.' },
    missed: {
      type: 'array',
      description: 'What a campaign must have seen, and this one has not.',
      items: { type: 'string' },
    },
    transitions: {
      type: 'object',
      description: 'The lines of the statecharts that were taken.',
      additionalProperties: false,
      required: ['taken', 'total', 'untaken'],
      properties: {
        taken: count,
        total: count,
        untaken: { type: 'array', items: { type: 'string' } },
      },
    },
  },
};
