/**
 * Why a server did what it did: every guard that was asked, what it was asked about, and what it
 * said. Off unless asked for: it makes another machine, whose guards are the same and report.
 */
import type { ServerContext, ServerEvent } from './context.js';
import type { server } from './server.js';

export interface GuardOutcome {
  /** As on the diagrams, such as `mayGrantVote`. */
  readonly guard: string;
  readonly holds: boolean;
  readonly context: ServerContext;
  readonly event: ServerEvent;
}

interface GuardArguments {
  readonly context: ServerContext;
  readonly event: ServerEvent;
}

type Guard = (args: GuardArguments, params: unknown) => boolean;

/** The machine, with guards that report each answer before it is used. */
export function withGuardOutcomes(
  machine: typeof server,
  report: (outcome: GuardOutcome) => void,
): typeof server {
  const guards = machine.implementations.guards as unknown as Readonly<Record<string, Guard>>;
  const reporting = Object.entries(guards).map(([guard, asks]): [string, Guard] => [
    guard,
    (args, params) => {
      const holds = asks(args, params);
      report({ guard, holds, context: args.context, event: args.event });
      return holds;
    },
  ]);
  return machine.provide({ guards: Object.fromEntries(reporting) } as never) as typeof server;
}
