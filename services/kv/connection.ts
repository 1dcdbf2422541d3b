/**
 * One client's connection, without its socket: bytes in, bytes out.
 *
 * A command of the key-value service goes through the pipeline, which keeps the order of effects
 * and replies. What only concerns the connection is run when it is read, and its reply waits for
 * its turn. A write whose outcome is unknown is not answered at all: what precedes it goes out, and
 * the connection closes.
 */
import { runCommand } from './commands.js';
import { Pipeline } from './pipeline.js';
import { failure, type Reply } from './reply.js';
import { RequestParser } from './resp.js';
import type { ReplyWriter } from './respReply.js';
import type { Client, Front, Session } from './session.js';

/** The socket, as a connection sees it. */
export interface ConnectionOutput {
  /** Sends bytes, which stay as they are. */
  write(bytes: Uint8Array): void;
  /** Bytes that were written, and that the client has not taken yet. */
  unsentBytes(): number;
  /** Stops, and goes on, feeding `push`. */
  pause(): void;
  resume(): void;
  /** There is something to write: `flush` is wanted soon, once for all that this turn brings. */
  wake(): void;
  /** Closes, after what was written is sent. */
  close(): void;
  /** Closes at once. */
  kill(): void;
}

export interface ConnectionOptions {
  /** Unique in its front. */
  readonly id: number;
  /** `host:port` of the client's end, and of ours. */
  readonly address: string;
  readonly localAddress: string;
}

export class Connection implements Session {
  readonly client: Client;
  readonly front: Front;
  readonly #output: ConnectionOutput;
  readonly #requests: RequestParser;
  readonly #pipeline: Pipeline;
  #isPaused = false;
  #isAwake = false;
  #isInputOver = false;
  /** No more is read: what is answered goes out, and then the connection closes. */
  #isEnding = false;
  #isClosed = false;

  constructor(front: Front, output: ConnectionOutput, options: ConnectionOptions) {
    this.front = front;
    this.#output = output;
    this.#requests = new RequestParser(front.limits);
    this.#pipeline = new Pipeline(front.port, () => this.#wake());
    this.client = newClient(front, options, () => this.#kill());
  }

  /** Takes bytes of the client, which nobody may change afterwards. */
  push(chunk: Uint8Array): void {
    if (this.#isEnding) return;
    this.client.activeMs = this.front.port.wallMs();
    this.#requests.push(chunk);
    this.#read();
  }

  /** The client sends no more, but may still listen: what it has asked is answered. */
  inputOver(): void {
    this.#isInputOver = true;
    this.#read();
  }

  /** Writes what is answered, in order. */
  flush(writer: ReplyWriter): void {
    this.#isAwake = false;
    if (this.#isClosed) return;
    const pipeline = this.#pipeline;
    pipeline.writeTo(writer, this.front.limits.unsentBytesMax - this.#output.unsentBytes());
    if (writer.length > 0) this.#output.write(writer.take());
    if (pipeline.isLost || (pipeline.isEmpty && this.#isEnding)) return this.#close();
    this.#read();
    this.#wakeIfReady();
  }

  /** The client has taken what was written. */
  drained(): void {
    this.#read();
    this.#wakeIfReady();
  }

  /**
   * The socket is gone. What is in flight takes effect all the same; what was not asked does not.
   */
  closed(): void {
    this.#isEnding = true;
    this.#isClosed = true;
    this.#pipeline.clear();
  }

  /** Gives up what the port was not asked yet, and closes once the rest is answered. */
  drain(): void {
    this.#pipeline.giveUp();
    this.end();
  }

  end(): void {
    this.#isEnding = true;
    if (this.#pipeline.isEmpty || this.#pipeline.isReady) this.#wake();
  }

  answer(reply: Reply): void {
    this.#pipeline.answer(reply, this.client);
  }

  execute(command: Uint8Array): void {
    const most = this.front.limits.commandBytesMax;
    if (command.length <= most) return this.#pipeline.ask(true, command, this.client);
    const what = `the command takes ${command.length} bytes, and ${most} are allowed`;
    this.answer(failure(`ERR ${what}; nothing was done`));
  }

  query(query: Uint8Array): void {
    this.#pipeline.ask(false, query, this.client);
  }

  /**
   * Runs requests, until there is no whole one, or a bound is reached: then the socket is paused.
   */
  #read(): void {
    const requests = this.#requests;
    let hasRoom = this.#hasRoom();
    let hasRequest = true;
    while (!this.#isEnding && hasRoom && hasRequest) {
      requests.isTrusted = this.client.isAuthenticated;
      hasRequest = requests.next();
      if (hasRequest) this.#run();
      hasRoom = this.#hasRoom();
    }
    if (this.#isEnding) return;
    if (requests.protocolError !== undefined) {
      this.answer(failure(requests.protocolError));
      this.end();
    } else if (!hasRequest && this.#isInputOver) {
      this.end();
    } else if (hasRoom === this.#isPaused) {
      this.#isPaused = !hasRoom;
      if (hasRoom) this.#output.resume();
      else this.#output.pause();
    }
  }

  #run(): void {
    const { client } = this;
    this.front.totals.commands++;
    client.isSilent = client.replies !== 'on';
    if (client.replies === 'skip') client.replies = 'on';
    runCommand(this.#requests, this);
  }

  #hasRoom(): boolean {
    const { unansweredMax, unansweredBytesMax, unsentBytesMax } = this.front.limits;
    return (
      this.#pipeline.count < unansweredMax &&
      this.#pipeline.bytes < unansweredBytesMax &&
      this.#output.unsentBytes() < unsentBytesMax
    );
  }

  #wakeIfReady(): void {
    const hasRoom = this.#output.unsentBytes() < this.front.limits.unsentBytesMax;
    if (hasRoom && this.#pipeline.isReady) this.#wake();
  }

  #wake(): void {
    if (this.#isAwake || this.#isClosed) return;
    this.#isAwake = true;
    this.#output.wake();
  }

  #close(): void {
    this.closed();
    this.#output.close();
  }

  #kill(): void {
    this.closed();
    this.#output.kill();
  }
}

function newClient(front: Front, options: ConnectionOptions, kill: () => void): Client {
  const nowMs = front.port.wallMs();
  return {
    ...options,
    connectedMs: nowMs,
    activeMs: nowMs,
    name: '',
    libraryName: '',
    libraryVersion: '',
    protocol: 2,
    isAuthenticated: front.password === undefined,
    replies: 'on',
    isSilent: false,
    isNotEvicted: false,
    isNotTouching: false,
    lastCommand: '',
    kill,
  };
}
