/** What commands see of the connection that they came over, and of the front that it belongs to. */
import type { CommandPort } from './commandPort.js';
import type { FrontLimits } from './limits.js';
import type { Reply } from './reply.js';
import type { RespVersion } from './respReply.js';
import type { Settings } from './settings.js';

/** One connection, as the command that is run now sees it. */
export interface Session {
  readonly client: Client;
  readonly front: Front;
  /** Answers at once; the reply waits for its turn. */
  answer(reply: Reply): void;
  /** Has a command of the key-value service put into the log, and answers with its result. */
  execute(command: Uint8Array): void;
  /** Asks the state, and answers with the answer. */
  query(query: Uint8Array): void;
  /** Reads no more; closes once everything before is answered. */
  end(): void;
}

/** What is known of a client, and what it has chosen. */
export interface Client {
  readonly id: number;
  /** `host:port` of the client's end, and of ours. */
  readonly address: string;
  readonly localAddress: string;
  /** Wall clock in ms. */
  readonly connectedMs: number;
  activeMs: number;
  name: string;
  libraryName: string;
  libraryVersion: string;
  protocol: RespVersion;
  isAuthenticated: boolean;
  /** CLIENT REPLY. `skip`: on, but for the next command. */
  replies: 'on' | 'off' | 'skip';
  /** Whether the command that is run now stays without a reply. */
  isSilent: boolean;
  isNotEvicted: boolean;
  isNotTouching: boolean;
  lastCommand: string;
  /** Closes the connection at once. */
  kill(): void;
}

/** What the connections of a front share. */
export interface Front {
  readonly port: CommandPort;
  readonly limits: FrontLimits;
  /** What AUTH asks for; undefined: nothing. */
  readonly password: string | undefined;
  readonly settings: Settings;
  readonly clients: ReadonlyMap<number, Client>;
  readonly tcpPort: number;
  /** Wall clock in ms. */
  readonly startedMs: number;
  /** Since the start, or CONFIG RESETSTAT. */
  readonly totals: { connections: number; commands: number };
}
