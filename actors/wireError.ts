/**
 * What is wrong with bytes that came over the wire. Whoever reads them closes the connection, and
 * says so.
 */

/**
 * Bytes that no server of this version can have sent. The message says what was expected, and
 * where.
 */
export class WireError extends Error {
  readonly code = 'RAFT_WIRE';
  constructor(what: string) {
    super(what);
    this.name = 'WireError';
  }
}

/** Runs `read`, and turns the RangeError of a `ByteReader` into a {@link WireError}. */
export function readingWire<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw asWireError(error);
  }
}

/**
 * The same error as a {@link WireError}, if it is about the bytes; a fault of the program stays
 * what it is.
 */
export function asWireError(error: unknown): unknown {
  return error instanceof RangeError ? new WireError(error.message) : error;
}
