/**
 * The harness of the labs: a cluster in virtual time, and what the tests of the labs ask about it.
 * What does not hold is thrown as `ScenarioFailed`.
 */
import { LabCluster } from './labCluster.js';
import { assertThat, ScenarioFailed } from './scenarioFailed.js';
import type { Task } from './task.js';

/** The tests of the labs call this an election timeout, and rest so long, ms. */
export const electionMs = 1_000;

export class Lab extends LabCluster {
  /** Connected servers that lead, or think so. */
  get leaders(): readonly number[] {
    return this.numbers.filter((server) => this.isConnected(server) && this.isLeader(server));
  }

  /** The one leader of the highest term among connected servers, looked for up to ten times. */
  checkOneLeader(): number {
    for (let look = 0; look < 10; look++) {
      this.sleep(450 + this.draw(100));
      const { leaders } = this;
      const terms = leaders.map((server) => this.term(server));
      assertThat(new Set(terms).size === terms.length, `two lead one term: ${terms.join(', ')}`);
      if (leaders.length > 0) return leaders[terms.indexOf(Math.max(...terms))]!;
    }
    throw new ScenarioFailed('nobody leads');
  }

  checkNoLeader(): void {
    const { leaders } = this;
    assertThat(leaders.length === 0, `nobody can lead, but ${leaders.join(', ')} would`);
  }

  /** The term that all connected servers are in. */
  checkTerms(): number {
    const terms = new Set(
      this.numbers.filter((server) => this.isConnected(server)).map((server) => this.term(server)),
    );
    assertThat(terms.size === 1, () => `servers are in different terms: ${[...terms].join(', ')}`);
    return [...terms][0]!;
  }

  /**
   * Has so many servers agree on a command, whoever leads, and answers its index. It takes at most
   * two seconds, or with `retry` ten, and several attempts.
   */
  one(command: unknown, servers: number, retry = false): number {
    return this.perform(this.agreement(command, servers, retry));
  }

  *agreement(command: unknown, servers: number, retry = false): Task<number> {
    const { applied } = this;
    const untilMs = this.nowMs + 10_000;
    while (this.nowMs < untilMs) {
      const index = this.#startAnywhere(command);
      for (let waited = 0; index !== undefined && waited < 2_000; waited += 20) {
        const isEnough = applied.serversAt(index) >= servers;
        if (isEnough && applied.commandAt(index) === command) return index;
        yield 20;
      }
      if (index !== undefined && !retry) break;
      yield 50;
    }
    throw new ScenarioFailed(`${servers} servers did not agree on ${String(command).slice(0, 50)}`);
  }

  /**
   * Waits until so many servers have applied something at an index, and answers what. With a term:
   * gives up, and answers undefined, when a server is in a newer one.
   */
  wait(index: number, servers: number, term?: number): unknown {
    for (let look = 0, ms = 10; look < 30; look++, ms = Math.min(2 * ms, electionMs)) {
      if (this.applied.serversAt(index) >= servers) return this.applied.commandAt(index);
      this.sleep(ms);
      const hasMoved = this.numbers.some(
        (server) => this.term(server) > (term ?? this.term(server)),
      );
      if (hasMoved) return undefined;
    }
    throw new ScenarioFailed(`fewer than ${servers} servers have applied anything at ${index}`);
  }

  /** Asserts that nobody has applied anything at this index. */
  checkUncommitted(index: number): void {
    const count = this.applied.serversAt(index);
    assertThat(count === 0, `${count} servers have applied something at ${index}`);
  }

  /** Asserts that no server has more of it than so many bytes. */
  checkRaftState(bytesMax: number): void {
    for (const server of this.numbers) {
      const bytes = this.raftStateBytes(server);
      assertThat(bytes <= bytesMax, `the Raft state of server ${server} has ${bytes} bytes`);
    }
  }

  #startAnywhere(command: unknown): number | undefined {
    for (const server of this.numbers) {
      const started = this.isConnected(server) ? this.start(server, command) : undefined;
      if (started !== undefined) return started.index;
    }
    return undefined;
  }
}
