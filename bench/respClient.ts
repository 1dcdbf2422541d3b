/** A client of the Redis protocol that sends one command at a time, for what is not measured. */
import { connect, type Socket } from 'node:net';
import { encodeCommand } from './respLoad.js';
import { type Reply, ReplyScanner, replyAt } from './respReply.js';

const answerMsMax = 5000;

export class RespClient {
  readonly #socket: Socket;
  readonly #scanner = new ReplyScanner();
  #waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;

  /** Connects to `port` of this machine; where that fails, so does the first command. */
  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket.on('close', () => this.#waiting?.reject(new Error(`port ${port} hung up`)));
  }

  /**
   * Sends a command and answers its reply. Rejects where the reply is an error, the connection ends
   * first, or nothing comes within five seconds.
   */
  async command(...words: readonly string[]): Promise<Reply> {
    const timer = setTimeout(() => this.#socket.destroy(new Error('no answer')), answerMsMax);
    try {
      const reply = await new Promise<Reply>((resolve, reject) => {
        if (this.#socket.destroyed) throw new Error('the connection has ended');
        this.#waiting = { resolve, reject };
        this.#socket.write(encodeCommand(...words));
      });
      if (reply.type === 'error') throw new Error(`${words[0]}: ${reply.text}`);
      return reply;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Uint8Array): void {
    try {
      this.#scanner.scan(chunk, (bytes, start, end) =>
        this.#waiting?.resolve(replyAt(bytes, start, end)),
      );
    } catch (error) {
      this.#socket.destroy(error as Error);
    }
  }
}
