/**
 * Reads a snapshot from its bytes (`snapshotFormat.ts` draws them), and believes none of them
 * before they are checked.
 */
import { decodeConfiguration } from '../machines/configuration.js';
import { ByteFeed, type WantingBytes } from './byteFeed.js';
import { ByteReader, ByteWriter, loadU32 } from './bytes.js';
import { crc32 } from './crc32.js';
import { decodeSessions } from './sessionsFormat.js';
import { frameCrc, type SnapshotHead, section, snapshotFormat } from './snapshotFormat.js';

const { magic, version, prologueBytes, frameHeadBytes } = snapshotFormat;
const { bodyBytesMax, configurationBytesMax } = snapshotFormat;

/** What a reader of a snapshot tells, in this order. What these throw reaches whoever pushes. */
export interface SnapshotListener {
  /** Called once, before the state. */
  head(head: SnapshotHead): void;
  /** A slice of the state: a view that may change after the call. */
  state(chunk: Uint8Array): void;
}

/** A snapshot that is none, or not as it was written. The message says where, and what is wrong. */
export class SnapshotDamaged extends Error {
  readonly code = 'RAFT_STORE_DAMAGED';
  /** Where in the stream, in bytes. */
  readonly offset: number;
  /** What is wrong, without the place. */
  readonly what: string;
  constructor(offset: number, what: string) {
    super(`the snapshot is not whole: byte ${offset}: ${what}`);
    this.name = 'SnapshotDamaged';
    this.offset = offset;
    this.what = what;
  }
}

/**
 * Reads a snapshot from pieces of any size. It holds one frame and what the head consists of, and
 * trusts no length before it has checked it. Nothing is certain before `finish`.
 */
export class SnapshotDecoder {
  readonly #listener: SnapshotListener;
  readonly #feed: ByteFeed<never>;
  #frameAt = 0;
  #crc = 0;
  #isWhole = false;
  #failure: Error | undefined;
  #head: Omit<SnapshotHead, 'configuration' | 'sessions'> | undefined;
  #configurationIndex = 0;
  readonly #configuration = new ByteWriter();
  readonly #sessions = new ByteFeed(decodeSessions());
  #isHeadTold = false;

  constructor(listener: SnapshotListener) {
    this.#listener = listener;
    this.#feed = new ByteFeed(this.#read());
  }

  /** Throws a {@link SnapshotDamaged}, or what the listener throws; from then on, always that. */
  push(bytes: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      this.#feed.push(bytes);
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  /** To be called after the last piece. Throws a {@link SnapshotDamaged} if the end is missing. */
  finish(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#isWhole) throw this.#damage('its end is missing');
  }

  #damage(what: string, at = this.#frameAt): SnapshotDamaged {
    return new SnapshotDamaged(at, what);
  }

  *#read(): WantingBytes<never> {
    this.#readPrologue(yield prologueBytes);
    for (let last = 0; last !== section.end; ) {
      this.#frameAt = this.#feed.offset;
      const head = yield frameHeadBytes;
      const [length, code, crc] = [loadU32(head, 0), head[4]!, loadU32(head, 5)];
      this.#checkHead(length, code, last);
      // The head may be a view of a piece that is gone when the body comes.
      const ownHead = new Uint8Array(head);
      const body = yield length;
      this.#crc = frameCrc(ownHead, body, this.#crc);
      if (this.#crc !== crc) throw this.#damage(`section ${code}: its CRC-32 is wrong`);
      this.#readBody(code, body);
      last = code;
    }
    yield 1;
    throw this.#damage('more bytes follow the end', this.#feed.offset - 1);
  }

  #readPrologue(prologue: Uint8Array): void {
    if (magic.some((byte, at) => prologue[at] !== byte)) throw this.#damage('this is no snapshot');
    const written = loadU32(prologue, magic.length);
    if (written !== version) {
      const remedy = `this release reads ${version}; use the release that wrote it, or a later one`;
      throw this.#damage(`its format is ${written}, and ${remedy}`);
    }
    this.#crc = crc32(prologue);
  }

  #checkHead(length: number, code: number, last: number): void {
    if (length > bodyBytesMax)
      throw this.#damage(`a frame of ${length} bytes, where ${bodyBytesMax} are allowed`);
    const isSingle = code === section.head || code === section.end;
    const isNext = isSingle ? code > last : code >= last;
    if (!isNext || (last === 0) !== (code === section.head) || code > section.end)
      throw this.#damage(`section ${code} cannot follow section ${last}`);
  }

  #readBody(code: number, body: Uint8Array): void {
    switch (code) {
      case section.head:
        return this.#reading(() => this.#readHead(new ByteReader(body)));
      case section.configuration:
        if (this.#configuration.length + body.length > configurationBytesMax)
          throw this.#damage(`a configuration of more than ${configurationBytesMax} bytes`);
        return this.#configuration.bytes(body);
      case section.sessions:
        return this.#reading(() => this.#sessions.push(body));
      case section.state:
        this.#tellHead();
        return this.#listener.state(body);
      default:
        this.#tellHead();
        return this.#reading(() => this.#readEnd(new ByteReader(body)));
    }
  }

  #readHead(reader: ByteReader): void {
    const group = reader.u32();
    const base = { index: reader.u53(), term: reader.u53(), stampMs: reader.u53() };
    this.#head = { group, base };
    this.#configurationIndex = reader.u53();
    if (reader.remaining > 0) throw new RangeError(`${reader.remaining} bytes after the head`);
  }

  #readEnd(reader: ByteReader): void {
    const total = reader.u53();
    if (total !== this.#frameAt || reader.remaining > 0)
      throw new RangeError(`${this.#frameAt} bytes, where ${total} were written`);
    this.#isWhole = true;
  }

  #tellHead(): void {
    if (this.#isHeadTold) return;
    this.#isHeadTold = true;
    const configuration = this.#reading(() =>
      decodeConfiguration(this.#configurationIndex, this.#configuration.finish()),
    );
    const sessions = this.#sessions.result;
    if (sessions === undefined) throw this.#damage('the end of the sessions is missing');
    this.#listener.head({ ...this.#head!, configuration, sessions });
  }

  /** Whatever is wrong with what is read is damage, and has a place. */
  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw this.#damage(error instanceof Error ? error.message : String(error));
    }
  }
}
