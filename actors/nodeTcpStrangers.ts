/**
 * The connections that have not yet said who they are. There may be so many of them: the oldest
 * makes room for the next, so that nobody keeps servers out by being many and slow.
 */
import type { Socket } from 'node:net';

/** In the order of their coming. */
export class TcpStrangers {
  readonly #countMax: number;
  readonly #crowded: () => void;
  /** By address and port: with TLS two sockets stand for one connection. */
  readonly #sockets = new Map<string, Socket>();

  /** `crowded` is called each time that one has to go. */
  constructor(countMax: number, crowded: () => void) {
    this.#countMax = countMax;
    this.#crowded = crowded;
  }

  add(socket: Socket): void {
    const name = nameOf(socket);
    this.#sockets.set(name, socket);
    socket.once('close', () => {
      if (this.#sockets.get(name) === socket) this.#sockets.delete(name);
    });
    if (this.#sockets.size <= this.#countMax) return;
    const [oldest] = this.#sockets.entries();
    this.#sockets.delete(oldest![0]);
    oldest![1].destroy();
    this.#crowded();
  }

  /** It has said who it is. */
  remove(socket: Socket): void {
    this.#sockets.delete(nameOf(socket));
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
