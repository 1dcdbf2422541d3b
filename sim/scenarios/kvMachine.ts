/** The key-value store of the labs as a state machine: put, append and get, of texts. */
import { jsonCodec, type StateMachine } from '../../actors/stateMachine.js';
import type { KvInput, KvValue } from '../linearizability/kv.js';

export type KvCommand = Exclude<KvInput, { type: 'get' }>;
export type KvQuery = Extract<KvInput, { type: 'get' }>;

export function kvMachine(): StateMachine<KvCommand, null, KvQuery, KvValue> {
  const values = new Map<string, string>();
  return {
    apply({ type, key, value }) {
      values.set(key, type === 'append' ? (values.get(key) ?? '') + value : value);
      return null;
    },
    query: ({ key }) => values.get(key) ?? null,
    snapshot: () => encodeLater([...values]),
    restore(chunks) {
      values.clear();
      for (const [key, value] of decoded(chunks)) values.set(key, value);
    },
  };
}

/** What was frozen is encoded when somebody wants it. */
function* encodeLater(entries: readonly (readonly [string, string])[]): Generator<Uint8Array> {
  yield jsonCodec.encode(entries);
}

function decoded(chunks: Iterable<Uint8Array>): [string, string][] {
  const parts = [...chunks];
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return jsonCodec.decode(whole) as [string, string][];
}
