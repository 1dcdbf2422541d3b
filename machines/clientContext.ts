/**
 * What a client knows and says: its session, its requests, the events that it hears, and the
 * effects by which it acts.
 */

/** What a client asks a leader for. */
export type CallKind = 'command' | 'query' | 'openSession' | 'closeSession';

/** A request as it goes out. Command and session are as in the entry that it becomes. */
export interface Call {
  readonly kind: CallKind;
  readonly sessionId: number;
  readonly sequence: number;
  readonly firstUnacknowledged: number;
  readonly bytes: Uint8Array;
}

/** What came back of a call. */
export type CallAnswer =
  | { readonly type: 'done'; readonly index: number; readonly bytes: Uint8Array }
  | { readonly type: 'threw'; readonly message: string }
  | { readonly type: 'notDone' | 'unknown' | 'expired'; readonly reason: string };

/** How a request ended. *Not done*: it has no effect and never will. *Unknown*: it may have one. */
export type CallOutcome =
  | Extract<CallAnswer, { type: 'done' | 'threw' }>
  | { readonly type: 'notDone' | 'unknown'; readonly cause: CallCause; readonly reason: string };

/** Why a request ended without its answer. */
export type CallCause = 'timeout' | 'aborted' | 'overloaded' | 'sessionExpired' | 'stopped';

export interface ClientSettings {
  /** Commands under way (256): what the session table allows, and no more. */
  readonly requestsInFlightMax: number;
  /** Requests without an answer, sent or not; more are refused at once (4,096). */
  readonly unansweredMax: number;
  /** Their bytes, likewise (64 MiB). */
  readonly unansweredBytesMax: number;
  /** After so long without an answer a request is sent once more, ms (2,000). */
  readonly patienceMs: number;
  /** The rest before a refused request is sent again, ms (20); doubles with each refusal. */
  readonly retryMinMs: number;
  /** Its bound, ms (320). */
  readonly retryMaxMs: number;
  /**
   * A session that was not used for so long is left for another one, ms (30 minutes): well within
   * the time after which servers give it up.
   */
  readonly sessionUnusedMs: number;
}

export const defaultClientSettings: ClientSettings = {
  requestsInFlightMax: 256,
  unansweredMax: 4_096,
  unansweredBytesMax: 64 * 1024 * 1024,
  patienceMs: 2_000,
  retryMinMs: 20,
  retryMaxMs: 320,
  sessionUnusedMs: 30 * 60 * 1000,
};

/** A request that has no answer yet. */
export interface ClientRequest {
  /** Names it towards whoever asked, from 1; the client's own requests are numbered below. */
  readonly number: number;
  readonly kind: CallKind;
  readonly bytes: Uint8Array;
  readonly timeoutMs: number;
  /** When it ends without an answer, ms on the monotonic clock. */
  readonly deadlineMs: number;
  /** *Waiting*: never sent. *Sent*: an answer may come. *Resting*: refused, to be sent again. */
  readonly state: 'waiting' | 'sent' | 'resting';
  /** Number within its session, given when it is first sent; 0 for none. */
  readonly sequence: number;
  /** How often it was sent. */
  readonly attempts: number;
  /** When it is to be sent again, ms; also where an answer might still come. */
  readonly dueMs: number;
  /** Some attempt before this one may have taken effect. */
  readonly isUncertain: boolean;
  /** What was said when it was last refused. */
  readonly reason: string;
}

export interface ClientContext {
  readonly settings: ClientSettings;
  /** 0: none. */
  readonly sessionId: number;
  /** The sequence of the next command. */
  readonly nextSequence: number;
  /** When a command of the session was sent or answered last, ms. */
  readonly usedMs: number;
  /** Commands that were never sent, in the order in which they were asked for. */
  readonly waiting: readonly ClientRequest[];
  /** What was sent; its commands in the order of their sequences. */
  readonly inFlight: readonly ClientRequest[];
  /** Of all these requests. */
  readonly unansweredBytes: number;
}

/** `atMs` is the monotonic clock when it happened. */
export type ClientEvent = { readonly atMs: number } & (
  | {
      readonly type: 'ask';
      readonly number: number;
      readonly kind: 'command' | 'query';
      readonly bytes: Uint8Array;
      readonly timeoutMs: number;
    }
  /** `attempt` says which of the request's calls the answer is for. */
  | {
      readonly type: 'answered';
      readonly number: number;
      readonly attempt: number;
      readonly answer: CallAnswer;
    }
  /** Whoever asked waits no longer. */
  | { readonly type: 'abort'; readonly number: number }
  /** A time has come that was asked for. */
  | { readonly type: 'wake' }
  | { readonly type: 'stop' }
);

export type ClientEventOf<T extends ClientEvent['type']> = Extract<ClientEvent, { type: T }>;

export type ClientEffect =
  /** Send this; answer with the same number and attempt. */
  | {
      readonly type: 'send';
      readonly number: number;
      readonly attempt: number;
      readonly call: Call;
    }
  /** Tell whoever asked. */
  | { readonly type: 'settle'; readonly number: number; readonly outcome: CallOutcome }
  /** Wake the client at `atMs` at the latest. */
  | { readonly type: 'wakeBy'; readonly atMs: number }
  /** The client is over. */
  | { readonly type: 'stopped' };

/** What a rule answers: what changes, and what is to be done. */
export interface ClientStep {
  readonly patch: Partial<ClientContext>;
  readonly effects: readonly ClientEffect[];
}

/** A client without a session. */
export function newClient(settings: Partial<ClientSettings>): ClientContext {
  return {
    settings: { ...defaultClientSettings, ...settings },
    sessionId: 0,
    nextSequence: 1,
    usedMs: 0,
    waiting: [],
    inFlight: [],
    unansweredBytes: 0,
  };
}
