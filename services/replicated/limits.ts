/** What is bounded of instances, and by how much. Beyond it a step is refused, alike everywhere. */
export const limits = {
  /** Characters of a key. */
  keyLengthMax: 1_024,
  /** Characters of the state of an instance, as JSON. */
  stateLengthMax: 1_024 * 1_024,
  timersPerInstanceMax: 256,
  /** A thousand years, in ms of log time. */
  delayMsMax: 1_000 * 365 * 24 * 60 * 60 * 1_000,
  /** Digits of a bigint. */
  bigintDigitsMax: 10_000,
  /** Transitions that one event leads to, before the machine comes to rest. */
  microstepsMax: 1_000,
  /** JavaScript's maps end at 16 million. */
  instancesMax: 8_000_000,
  timersMax: 8_000_000,
  /** Timers that fire with one entry: a tick, which a leader repeats until nothing is due, */
  firedPerTickMax: 128,
  /** or a command, of which there may be many at once. */
  firedPerCommandMax: 4,
} as const;
