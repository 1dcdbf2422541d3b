/**
 * What `start` and its servers, which are processes of their own, say to each other over their
 * channel.
 */
import type { Status } from '../actors/status.js';
import type { Notice } from '../services/kv/nodeKvServer.js';

/** From a server to `start`. */
export type Report =
  /** It takes Redis clients now. */
  | { readonly type: 'listening' }
  /** What it is doing has changed. */
  | { readonly type: 'status'; readonly status: Status }
  | { readonly type: 'notice'; readonly notice: Notice };

/** From `start` to a server. */
export interface Order {
  readonly type: 'stop';
}

/** The table of `start` is at most so much behind, ms. */
export const statusIntervalMs = 250;
