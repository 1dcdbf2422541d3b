/** The commands of golden scripts, by their first word, and what each does. */
import type { Settings } from '../../machines/settings.js';
import { GoldenCluster, type Machines } from './goldenCluster.js';
import type { Which } from './goldenNetwork.js';
import type { GoldenScript, Played } from './goldenScript.js';

type Command = (cluster: GoldenCluster, words: readonly string[]) => void;

const at = ({ time }: GoldenCluster) => ({ atMs: time.nowMs });

/** Each with the words that follow it. */
const commands: Readonly<Record<string, Command>> = {
  // ---- who is there

  /** `cluster 3 leaseReads`: so many servers, S1 first, whose log holds their configuration. */
  cluster: (cluster, [count, ...settings]) => cluster.founds(Number(count), settingsOf(settings)),
  /** `server S1 log 1 1 4 term 6 votedFor S2`: what it starts with. */
  server: (cluster, [id, ...given]) => cluster.gives(id!, givenOf(given)),

  // ---- what happens to a server

  timeout: (cluster, [id]) =>
    void cluster.server(id!).happens({ type: 'timer.election', ...at(cluster) }),
  heartbeat: (cluster, [id]) =>
    void cluster.server(id!).happens({ type: 'timer.heartbeat', ...at(cluster) }),
  /** Its disk has finished every write. */
  persist: (cluster, [id]) => cluster.server(id!).saves(),
  /** The piece of a snapshot that it received is put aside. */
  store: (cluster, [id]) => cluster.server(id!).stores(),
  request: (cluster, [id, ...names]) => {
    for (const name of names) {
      const bytes = new TextEncoder().encode(name);
      const none = { sessionId: 0, sequence: 0, firstUnacknowledged: 0 };
      cluster.server(id!).isAsked({ kind: 'command', bytes, ...none });
    }
  },
  read: (cluster, [id]) => cluster.server(id!).isRead(),
  transfer: (cluster, [id, to]) =>
    void cluster.server(id!).happens({ type: 'TransferLeadership', to, ...at(cluster) }),
  snapshot: (cluster, [id]) => cluster.server(id!).takesSnapshot(),
  /** `disk S1 full`, or `stalled`, or `ok`. */
  disk: (cluster, [id, disk]) =>
    void cluster
      .server(id!)
      .happens({ type: 'diskChanged', disk: disk as 'ok' | 'stalled' | 'full', ...at(cluster) }),
  crash: (cluster, [id]) => cluster.server(id!).crashes(),
  restart: (cluster, [id]) => cluster.restarts(id!),

  // ---- what becomes of messages, and of time

  /** `deliver S1 S2`, also `oldest`, `newest`, `again`; `deliver S1` to anybody; `deliver all`. */
  deliver: (cluster, [from, to, which]) => {
    if (from === 'all') cluster.deliversAll();
    else if (which === 'again') cluster.deliversAgain(from!, to!);
    else cluster.delivers(from!, to, whichOf(which));
  },
  double: (cluster, [from, to]) => cluster.doubles(from!, to!),
  drop: (cluster, [from, to, which]) => {
    if (from === 'all') cluster.dropsAll();
    else cluster.drops(from!, to, whichOf(which));
  },
  /** `settle S1 S2`, or all that are up. */
  settle: (cluster, ids) => {
    const up = [...cluster.servers.values()].filter(({ isUp }) => isUp).map(({ id }) => id);
    cluster.settles(ids.length > 0 ? ids : up);
  },
  /** `elect S1 S2 S3`: the first, by all of these. */
  elect: (cluster, ids) => cluster.elects(ids),
  /** `wait 200 ms`, `wait 2 hours` */
  wait: (cluster, [count, unit]) => {
    const unitMs = { ms: 1, seconds: 1_000, hours: 3_600_000 }[unit!];
    if (unitMs === undefined) throw new Error(`${unit} is no unit: ms, seconds, hours`);
    cluster.time.nowMs += Number(count) * unitMs;
    for (const client of cluster.clients.values()) client.wakes();
  },

  // ---- clients

  ask: (cluster, [id, ...names]) => {
    for (const name of names) cluster.client(id!).asks(name);
  },
  stop: (cluster, [id]) => cluster.client(id!).stops(),
};

/** Plays a script to its end, or to the first command that cannot be played. */
export function play(script: GoldenScript, machines: Machines): Played {
  const cluster = new GoldenCluster(machines);
  const traces: (readonly string[])[] = [];
  for (const { words, line } of script.commands) {
    const [name = '', ...rest] = words;
    const command = commands[name];
    if (command === undefined) {
      throw new Error(`line ${line}: ${name} is none of ${Object.keys(commands).join(', ')}`);
    }
    try {
      command(cluster, rest);
    } catch (error) {
      return { traces, failure: (error as Error).message };
    }
    traces.push(cluster.takeTrace());
  }
  return { traces };
}

function whichOf(word: string | undefined): Which {
  if (word === undefined || word === 'oldest' || word === 'newest') return word ?? 'all';
  throw new Error(`${word} is none of oldest, newest, again`);
}

/** `leaseReads` is on; `messagesInFlightMax=1` is a number. */
function settingsOf(words: readonly string[]): Partial<Settings> {
  const pairs = words.map((word) => {
    const [name, value] = word.split('=');
    return [name, value === undefined ? true : Number(value)];
  });
  return Object.fromEntries(pairs) as Partial<Settings>;
}

/** `log 1 1 4 term 6 votedFor S2`; the term is by default that of the last entry. */
function givenOf(words: readonly string[]) {
  const text = words.join(' ');
  const log = /log ([\d ]+)/u.exec(text)?.[1]?.trim().split(' ').map(Number) ?? [1];
  const term = /term (\d+)/u.exec(text)?.[1];
  const votedFor = /votedFor (\w+)/u.exec(text)?.[1];
  return {
    log,
    term: term === undefined ? log.at(-1)! : Number(term),
    ...(votedFor === undefined ? {} : { votedFor }),
  };
}
