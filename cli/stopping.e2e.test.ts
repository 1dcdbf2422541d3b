import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, Workplace } from './commandRun.contract.js';
import { ServedCluster, type ServedServer } from './serveRun.contract.js';

/** Long enough for a gap of half of it to be told from the noise of a busy machine, ms. */
const electionTimeoutMs = 1_500;

let place: Workplace;
let cluster: ServedCluster;

beforeEach(() => {
  place = new Workplace();
});

afterEach(async () => {
  cluster.closeClients();
  await place.remove();
});

/** Appends tags to one key at one server, one after the other, until it is over. */
class Writer {
  readonly acknowledged: string[] = [];
  /** When acknowledgements came, ms. */
  readonly timesMs: number[] = [];
  readonly ended: Promise<void>;
  isOver = false;

  constructor(server: ServedServer) {
    this.ended = this.#write(server);
  }

  async #write(server: ServedServer): Promise<void> {
    let client = cluster.client(server);
    for (let number = 0; !this.isOver; number++) {
      const tag = `${server.id}.${number};`;
      try {
        await client.append('tags', tag);
      } catch {
        // What is unknown is not sent again: the next tag goes over another connection.
        client = cluster.client(server);
        continue;
      }
      this.acknowledged.push(tag);
      this.timesMs.push(performance.now());
    }
  }
}

describe('a server that gets SIGTERM', () => {
  it('hands over first, loses nothing that was acknowledged, and ends with 0', async () => {
    cluster = await ServedCluster.of(place, 3);
    for (const server of cluster.servers) {
      cluster.serve(server, `--election-timeout-ms=${electionTimeoutMs}`, '--drain-ms=3000');
    }
    const leader = await cluster.leader();
    const others = cluster.servers.filter((server) => server !== leader);
    const writers = cluster.servers.map((server) => new Writer(server));
    const [atLeader, ...atOthers] = [
      writers[cluster.servers.indexOf(leader)]!,
      ...others.map((server) => writers[cluster.servers.indexOf(server)]!),
    ];
    await eventually(() => expect(writers.every(({ timesMs }) => timesMs.length > 20)).toBe(true));

    const signalledMs = performance.now();
    leader.run!.signal('SIGTERM');
    // npm passes on what its children have got from the terminal already.
    leader.run!.signal('SIGINT');
    expect(await leader.run!.ended).toBe(0);
    atLeader.isOver = true;
    await atLeader.ended;
    const before = atOthers.map(({ timesMs }) => timesMs.length);
    await eventually(() => {
      expect(atOthers.every(({ timesMs }, i) => timesMs.length > before[i]! + 20)).toBe(true);
    });
    for (const writer of writers) writer.isOver = true;
    await Promise.all(writers.map(({ ended }) => ended));

    expect(longestGapMs(atOthers, signalledMs)).toBeLessThan(electionTimeoutMs / 2);
    const stands = (await cluster.client(others[0]!).get('tags')) ?? '';
    const tags = new Set(stands.match(/[^;]+;/gu));
    const all = writers.flatMap(({ acknowledged }) => acknowledged);
    expect(all.filter((tag) => !tags.has(tag))).toEqual([]);
    expect(leader.run!.stderr).toContain('hands leadership over to');
  });

  it('ends in time though it is the only one left, and somebody waits for an answer', async () => {
    cluster = await ServedCluster.of(place, 2);
    const [first, second] = cluster.servers;
    for (const server of cluster.servers) cluster.serve(server, '--drain-ms=500');
    const leader = await cluster.leader();
    const follower = leader === first ? second! : first!;
    follower.run!.signal('SIGKILL');
    await follower.run!.ended;
    const waiting = cluster.client(leader);
    const answer = waiting.set('key', 'value').then(
      () => 'done',
      () => 'not known to be done',
    );
    await eventually(() => expect(waiting.status).toBe('ready'));
    const signalledMs = performance.now();
    leader.run!.signal('SIGTERM');
    expect(await leader.run!.ended).toBe(0);
    expect(performance.now() - signalledMs).toBeLessThan(5_000);
    expect(await answer).toBe('not known to be done');
  });

  it('ends at once when it gets another one later, and says what that means', async () => {
    cluster = await ServedCluster.of(place, 2);
    const [server] = cluster.servers;
    // Alone it has no leader: what is asked of it waits.
    const run = cluster.serve(server!, '--drain-ms=60000');
    await run.printed(/up; Ctrl-C stops it/u);
    const socket = connect(server!.redisPort, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET key\r\n');
    await eventually(async () => {
      const clients = (await cluster.client(server!).client('LIST')) as string;
      expect(clients).toContain('cmd=get');
    });
    cluster.closeClients();
    let hasEnded = false;
    const ended = run.ended.finally(() => (hasEnded = true));
    await eventually(() => {
      run.signal('SIGTERM');
      expect(hasEnded).toBe(true);
    });
    socket.destroy();
    expect(await ended).toBe(1);
    expect(run.stderr).toContain('ended at once');
  });
});

/** Between one acknowledgement of any of them and the next, from an instant on. */
function longestGapMs(writers: readonly Writer[], fromMs: number): number {
  const times = writers.flatMap(({ timesMs }) => timesMs).filter((ms) => ms >= fromMs);
  const instants = [fromMs, ...times].sort((a, b) => a - b);
  return Math.max(...instants.slice(1).map((ms, i) => ms - instants[i]!));
}
