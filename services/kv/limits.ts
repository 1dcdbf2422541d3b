/**
 * What one client, and all of them, may ask of a Redis front. Larger is refused before memory is
 * allocated.
 */

const mebibyte = 1024 * 1024;

export interface FrontLimits {
  /** Connections at a time. Default 10,000. */
  readonly clientsMax: number;
  /** Length of one argument, `proto-max-bulk-len`. Default 8 MiB. */
  readonly bulkBytesMax: number;
  /**
   * Length of a command as it goes into the log: its arguments and a few bytes each. Default 8 MiB.
   */
  readonly commandBytesMax: number;
  /** Length of a request as it arrives. Default 16 MiB. */
  readonly requestBytesMax: number;
  /** Arguments of a request. Default 1,048,576. */
  readonly argumentsMax: number;
  /** Length of an inline request, and of any line of the protocol. Default 64 KiB. */
  readonly lineBytesMax: number;
  /**
   * Commands of one connection that are not yet answered; at the bound its socket is paused.
   * Default 1,024.
   */
  readonly unansweredMax: number;
  /** Their bytes, and those of answers that wait for their turn; likewise. Default 16 MiB. */
  readonly unansweredBytesMax: number;
  /** Bytes of answers that one connection's client has not taken yet; likewise. Default 16 MiB. */
  readonly unsentBytesMax: number;
}

export const defaultLimits: FrontLimits = {
  clientsMax: 10_000,
  bulkBytesMax: 8 * mebibyte,
  commandBytesMax: 8 * mebibyte,
  requestBytesMax: 16 * mebibyte,
  argumentsMax: 1_048_576,
  lineBytesMax: 64 * 1024,
  unansweredMax: 1024,
  unansweredBytesMax: 16 * mebibyte,
  unsentBytesMax: 16 * mebibyte,
};

/** Lengths that an unauthenticated client may send: enough for AUTH and HELLO. */
export const unauthenticatedLimits = { argumentsMax: 10, bulkBytesMax: 16_384 } as const;
