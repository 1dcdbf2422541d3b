/**
 * Traps for what differs between servers: while a replicated machine steps, the platform's clock
 * and chance throw an error that says what to use instead. They are taken away after each step.
 */

/** By name, what a platform has; not each has all. */
type Holder = Record<string, unknown>;

const platform = globalThis as unknown as Holder;

/** Whether this is development: NODE_ENV does not say production. */
export function isDevelopment(): boolean {
  const host = platform['process'] as { readonly env?: Holder } | undefined;
  return host?.env?.['NODE_ENV'] !== 'production';
}

/** Thrown out of a machine that asks for what every server answers otherwise. */
export class NotDeterministic extends Error {
  constructor(what: string, instead: 'now' | 'random') {
    const why = 'answers every server otherwise';
    super(`${what} in a replicated machine ${why}; use ${instead}() of raftchart`);
    this.name = 'NotDeterministic';
  }
}

interface Replaced {
  readonly holder: Holder;
  readonly name: string;
  readonly trap: unknown;
}

/** The platform's own, whatever stands in its place now. */
export const RealDate = platform['Date'] as DateConstructor;

const dateTrap: DateConstructor = new Proxy(RealDate, {
  apply(): never {
    throw new NotDeterministic('Date()', 'now');
  },
  construct(target, values: unknown[], asked): object {
    if (values.length === 0) throw new NotDeterministic('new Date()', 'now');
    return Reflect.construct(target, values, asked === dateTrap ? target : asked) as object;
  },
  get(target, name, receiver) {
    return name === 'now' ? dateNow : (Reflect.get(target, name, receiver) as unknown);
  },
});

const dateNow = trap('Date.now()', 'now');

const replaced: readonly Replaced[] = [
  ...traps(platform, { Date: dateTrap }),
  ...traps(platform['Math'], { random: trap('Math.random()', 'random') }),
  ...traps(platform['performance'], { now: trap('performance.now()', 'now') }),
  ...traps(platform['crypto'], {
    getRandomValues: trap('crypto.getRandomValues()', 'random'),
    randomUUID: trap('crypto.randomUUID()', 'random'),
  }),
];

/** Runs `step` with the traps set. */
export function withTraps<T>(step: () => T): T {
  const before = replaced.map(({ holder, name }) =>
    Object.hasOwn(holder, name) ? { own: holder[name] } : undefined,
  );
  for (const { holder, name, trap } of replaced) holder[name] = trap;
  try {
    return step();
  } finally {
    for (let at = 0; at < replaced.length; at++) {
      const { holder, name } = replaced[at]!;
      const had = before[at];
      // What is not its own comes from its class again.
      if (had === undefined) Reflect.deleteProperty(holder, name);
      else holder[name] = had.own;
    }
  }
}

function trap(what: string, instead: 'now' | 'random') {
  return (): never => {
    throw new NotDeterministic(what, instead);
  };
}

/** What of `byName` a platform has, and lets replace. */
function traps(holder: unknown, byName: Holder): Replaced[] {
  if (typeof holder !== 'object' || holder === null) return [];
  return Object.entries(byName)
    .filter(([name]) => name in holder && mayReplace(holder, name))
    .map(([name, trap]) => ({ holder: holder as Holder, name, trap }));
}

function mayReplace(holder: object, name: string): boolean {
  const own = Object.getOwnPropertyDescriptor(holder, name);
  return own === undefined ? Object.isExtensible(holder) : own.writable === true;
}
