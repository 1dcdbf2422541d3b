/**
 * What a line of a history file holds, for each model that it can be checked against. What a schema
 * cannot say well is in its descriptions, and `historyFormat.ts` sees to it.
 */
import type { Schema } from './schema.js';

/** The models that a history file can be checked against. */
export type HistoryModel = 'register' | 'kv' | 'sum';

const key: Schema = { type: 'string', description: 'The key; each is checked by itself.' };
const text: Schema = { type: 'string' };
const registerKey: Schema = {
  type: 'string',
  description: 'Which register, if there are several.',
};
const registerValue: Schema = { type: ['string', 'number', 'null'] };

function record(
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

function lineSchema(title: string, inputs: readonly Schema[], output: Schema): Schema {
  const properties: Readonly<Record<string, Schema>> = {
    client: { type: 'integer', minimum: 0, description: 'Who asked; for people only.' },
    input: { oneOf: inputs, description: 'What was asked.' },
    output,
    called: { type: 'number', description: 'When it was asked, in ms of a clock of all clients.' },
    returned: {
      type: 'number',
      description: 'When the answer came, by that clock: not before called; required when done.',
    },
    outcome: {
      enum: ['done', 'notDone', 'unknown'],
      description:
        'done: it took effect between called and returned, and answered output. notDone: it ' +
        'never does. unknown: it takes effect once at any time from called on, or never.',
    },
  };
  const $schema = 'https://json-schema.org/draft/2020-12/schema';
  return { $schema, title, ...record(properties, ['output', 'returned']) };
}

/** By model, the schema of each line. */
export const historySchemas: Readonly<Record<HistoryModel, Schema>> = {
  register: lineSchema(
    'An operation on a register, which holds null until it is written',
    [
      record({ type: { const: 'read' }, key: registerKey }, ['key']),
      record({ type: { const: 'write' }, key: registerKey, value: registerValue }, ['key']),
      record(
        { type: { const: 'cas' }, key: registerKey, expected: registerValue, value: registerValue },
        ['key'],
      ),
    ],
    {
      type: ['string', 'number', 'boolean', 'null'],
      description:
        'Required when done: of a read the value, of a cas whether it wrote. Of a write none.',
    },
  ),
  kv: lineSchema(
    'An operation on a key-value store, which is empty at first',
    [
      record({ type: { const: 'get' }, key }),
      record({ type: { const: 'put' }, key, value: text }),
      record({ type: { const: 'append' }, key, value: text }),
    ],
    {
      type: ['string', 'null'],
      description:
        'Required when done, of a get: the value, null if there was none. Of the others none.',
    },
  ),
  sum: lineSchema(
    'An operation on a sum, which is 0 at first; the histories that the simulator writes',
    [
      record({ type: { const: 'add' }, value: { type: 'number' } }),
      record({ type: { const: 'read' } }),
    ],
    {
      type: 'number',
      description:
        'The sum; of an add the one that it came to, if it answers that. Required of a read that ' +
        'is done.',
    },
  ),
};
