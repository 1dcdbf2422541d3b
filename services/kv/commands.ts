/**
 * The table of commands, and the way from a request to what it runs: is there such a command, has
 * it so many arguments, may this client give it.
 */
import { clientCommands } from './clientCommands.js';
import type { Command } from './command.js';
import { commandCommands } from './commandCommands.js';
import { noAuthentication, wrongArity } from './errors.js';
import { keyCommands } from './keyCommands.js';
import { array, failure, type Reply, status } from './reply.js';
import { argumentText, keyword, type Request } from './request.js';
import { serverCommands } from './serverCommands.js';
import type { Session } from './session.js';
import { stringCommands } from './stringCommands.js';

/** Every command of the front. */
export const commands: readonly Command[] = [
  ...stringCommands,
  ...keyCommands,
  ...clientCommands,
  ...serverCommands,
  ...commandCommands(() => commands),
];

/** Runs the request's command, or answers why not. */
export function runCommand(request: Request, session: Session): void {
  const top = findCommand(request);
  if (top === undefined) return refuseUnknown(request, session);
  const asked = subcommandOf(top, request);
  if (asked === undefined) return session.answer(unknownSubcommand(top, request));
  const { arity } = asked;
  const isWrong = arity > 0 ? request.count !== arity : request.count < -arity;
  if (isWrong || asked.run === undefined) return session.answer(wrongArity(asked.name));
  session.client.lastCommand = asked.name;
  if (!session.client.isAuthenticated && !asked.flags.includes('no_auth')) {
    return session.answer(noAuthentication);
  }
  asked.run(request, session);
}

/** The command itself where it has no subcommands or none is named. */
function subcommandOf(top: Command, request: Request): Command | undefined {
  if (top.subcommands.length === 0 || request.count === 1) return top;
  const name = `${top.name}|${keyword(request, 1)}`;
  return top.subcommands.find((one) => one.name === name);
}

function unknownSubcommand(top: Command, request: Request): Reply {
  if (keyword(request, 1) === 'help') {
    const lines = top.subcommands.map((one) => {
      const word = one.name.slice(top.name.length + 1).toUpperCase();
      return status(`${word}: ${one.summary}`);
    });
    return array([status(`${top.name.toUpperCase()}: ${top.summary}`), ...lines]);
  }
  const given = argumentText(request, 1).slice(0, 128);
  return failure(`ERR unknown subcommand '${given}'. Try ${top.name.toUpperCase()} HELP.`);
}

/** Longest part of what was sent that an error repeats, in characters. */
const quotedMax = 128;

function refuseUnknown(request: Request, session: Session): void {
  const name = argumentText(request, 0);
  const lower = name.toLowerCase();
  if (lower === 'post' || lower === 'host:') {
    // A browser that was tricked into sending an HTTP request here: what follows is not to be run.
    session.end();
    return;
  }
  let quoted = '';
  for (let index = 1; index < request.count && quoted.length < quotedMax; index++) {
    quoted += `'${argumentText(request, index).slice(0, quotedMax - quoted.length)}' `;
  }
  const shown = name.slice(0, quotedMax);
  session.answer(failure(`ERR unknown command '${shown}', with args beginning with: ${quoted}`));
}

/** The command that a request names, in whatever case; found without making a string. */
export function findCommand(request: Request): Command | undefined {
  const start = request.starts[0]!;
  const end = request.ends[0]!;
  const { bytes } = request;
  let hash = end - start;
  if (hash > longestName) return undefined;
  for (let at = start; at < end; at++) hash = nextHash(hash, bytes[at]! | 0x20);
  const found = byHash.get(hash);
  if (found === undefined) return undefined;
  const { name } = found;
  if (name.length !== end - start) return undefined;
  for (let at = start; at < end; at++) {
    if (lowerCase(bytes[at]!) !== name.charCodeAt(at - start)) return undefined;
  }
  return found;
}

/** Stays a small integer, which needs no allocation. */
const nextHash = (hash: number, byte: number) => (hash * 31 + byte) & 0xfffffff;

const lowerCase = (byte: number) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

const longestName = Math.max(...commands.map((one) => one.name.length));

const byHash: ReadonlyMap<number, Command> = (() => {
  const table = new Map<number, Command>();
  for (const one of commands) {
    let hash = one.name.length;
    for (const character of one.name) hash = nextHash(hash, character.charCodeAt(0) | 0x20);
    const other = table.get(hash);
    if (other !== undefined) {
      throw new Error(`'${one.name}' and '${other.name}' hash alike: change nextHash.`);
    }
    table.set(hash, one);
  }
  return table;
})();
