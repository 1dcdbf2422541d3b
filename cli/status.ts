/** `raftchart status`: what servers say of themselves, as a table. */
import type { Address } from '../actors/address.js';
import { askRedis, assertNoError } from './askRedis.js';
import { addressText } from './optionValues.js';
import { Refusal } from './refusal.js';
import { type Column, textTable } from './textTable.js';

/** Which servers are asked. */
export interface StatusOptions {
  readonly connect: readonly Address[];
  readonly password?: string;
}

/** By its name in INFO, the column that shows it. */
const shown: ReadonlyMap<string, Column> = new Map([
  ['server_id', { title: 'SERVER', align: 'left' }],
  ['role', { title: 'ROLE', align: 'left' }],
  ['term', { title: 'TERM', align: 'right' }],
  ['leader', { title: 'LEADER', align: 'left' }],
  ['commit_index', { title: 'COMMITTED', align: 'right' }],
  ['applied_index', { title: 'APPLIED', align: 'right' }],
  ['keys', { title: 'KEYS', align: 'right' }],
]);

/** Prints a line for each server that answers. Rejects with a {@link Refusal} if one does not. */
export async function status({ connect, password }: StatusOptions): Promise<void> {
  const answers = await Promise.all(connect.map((address) => answerOf(address, password)));
  const columns: Column[] = [{ title: 'REDIS CLIENTS', align: 'left' }, ...shown.values()];
  const rows = answers.map((answer, i) => [addressText(connect[i]!), ...cellsOf(answer)]);
  for (const line of textTable(columns, rows)) console.log(line);
  const refusal = answers.find((answer) => answer instanceof Refusal);
  if (refusal !== undefined) throw refusal;
}

/** What a server says of itself, by name; or why it does not. */
async function answerOf(
  address: Address,
  password: string | undefined,
): Promise<ReadonlyMap<string, string> | Refusal> {
  try {
    const [reply] = await askRedis(address, [['INFO', 'raftchart']], password);
    assertNoError(address, reply!);
    const answer = linesOf(reply!.type === 'bytes' ? reply!.bytes : new Uint8Array(0));
    if (answer.has('server_id')) return answer;
    return new Refusal(`the server at ${addressText(address)} is none of raftchart`);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function linesOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  const lines = new TextDecoder().decode(bytes).split('\r\n');
  return new Map(
    lines.map((line): [string, string] => {
      const [name = '', value = ''] = line.split(/:(.*)/su);
      return [name, value];
    }),
  );
}

function cellsOf(answer: ReadonlyMap<string, string> | Refusal): string[] {
  const names = [...shown.keys()];
  if (answer instanceof Refusal) return names.map((name) => (name === 'role' ? 'down' : '-'));
  return names.map((name) => answer.get(name) || '-');
}
