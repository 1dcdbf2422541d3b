/**
 * The cluster of a lab: servers that are cut off, crashed and brought back, in virtual time.
 * Nothing waits: `sleep` lets so much happen.
 *
 * Indexes are those of the labs, which count commands; what else is in our logs (no-ops, sessions)
 * stays on, and is not counted.
 */
import { ByteWriter } from '../../actors/bytes.js';
import type { ServerActor } from '../../actors/serverActor.js';
import { jsonCodec } from '../../actors/stateMachine.js';
import { entryRecordBytes, writeVoteRecord } from '../../actors/walRecords.js';
import { proposal, type ServerId } from '../../machines/entry.js';
import type { server as serverMachine } from '../../machines/server.js';
import { draw } from '../chance.js';
import type { Heal } from '../faults/onset.js';
import type { Law } from '../law.js';
import type { Run } from '../run.js';
import { benign } from '../schedule.js';
import type { SimulatedServer } from '../simulatedServer.js';
import { Simulation } from '../simulation.js';
import type { Surroundings } from '../simulationOptions.js';
import { AppliedCommands } from './appliedCommands.js';
import { countingMachine } from './countingMachine.js';
import { isRequest, reorderingNetwork, unreliableNetwork } from './labNetwork.js';
import type { Scenario } from './scenario.js';
import { assertThat, ScenarioFailed } from './scenarioFailed.js';
import { begin, type Running, type Task } from './task.js';

/** What a scenario draws is for this: beside what the simulator draws. */
const labPurpose = 100;

/** A command that a leader has taken: where, in which term. */
export interface Started {
  readonly index: number;
  readonly term: number;
}

export interface LabOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly laws: readonly Law[];
  /** Another machine in place of the server's: a mutant. */
  readonly machine?: typeof serverMachine | undefined;
}

export class LabCluster {
  readonly servers: number;
  readonly seed: number;
  readonly applied: AppliedCommands;
  readonly surroundings: Surroundings;
  readonly #simulation: Simulation<any, any>;
  readonly #hosts: readonly SimulatedServer[];
  readonly #cuts: (Heal | undefined)[] = [];
  readonly #downs: (Heal | undefined)[] = [];
  #unreliable: Heal | undefined;
  #reordering: Heal | undefined;
  #partition: Heal | undefined;
  #draws = 0;
  #rpcs = 0;

  constructor({ scenario, seed, laws, machine }: LabOptions) {
    const { servers, settings = {}, segmentBytes, snapshotEvery, stateMachine } = scenario;
    this.servers = servers;
    this.seed = seed;
    this.applied = new AppliedCommands(stateMachine === undefined, (server, count) => {
      if (snapshotEvery !== undefined && (count + 1) % snapshotEvery === 0)
        this.#snapshotSoon(server);
    });
    this.#simulation = new Simulation({
      schedule: { ...benign(servers, 0), settings, ...(segmentBytes && { segmentBytes }) },
      seed,
      stateMachine: stateMachine ?? countingMachine,
      laws: [this.applied.law, ...laws],
      machine,
    });
    this.#hosts = this.#simulation.servers;
    this.surroundings = this.#simulation.surroundings;
    this.#countRpcs();
    if (scenario.unreliable === true) this.setUnreliable(true);
  }

  // ---- time and chance

  get nowMs(): number {
    return this.#simulation.nowMs;
  }

  /** Lets so many virtual ms go by. */
  sleep(ms: number): void {
    this.#simulation.runUntil(this.nowMs + ms);
    if (!this.#simulation.isBroken) return;
    const [broken] = this.result().violations;
    throw new ScenarioFailed(`${broken!.law}: ${broken!.detail}`);
  }

  /** A whole number below, each time another. */
  draw(below: number): number {
    return draw(this.seed, labPurpose, 0, ++this.#draws) % below;
  }

  /** Begins something that goes on beside the scenario. */
  spawn(task: Task<unknown>): Running {
    return begin(this.surroundings.clock, task);
  }

  /** Waits until all of these are over; they must be within so many ms. */
  join(tasks: readonly Running[], withinMs: number): void {
    const untilMs = this.nowMs + withinMs;
    while (!tasks.every(({ isOver }) => isOver)) {
      assertThat(this.nowMs < untilMs, `what goes on is not over after ${withinMs} ms`);
      this.sleep(10);
    }
  }

  /** Does what a task does, and nothing beside it. */
  perform<T>(task: Task<T>): T {
    for (let next = task.next(); ; next = task.next()) {
      if (next.done === true) return next.value;
      assertThat(typeof next.value === 'number', 'only tasks that sleep can be performed');
      this.sleep(next.value);
    }
  }

  // ---- what befalls servers

  /** All numbers of servers. */
  get numbers(): readonly number[] {
    return this.#hosts.map(({ number }) => number);
  }

  /** The server so many after this one. */
  after(server: number, by = 1): number {
    return (server + by) % this.servers;
  }

  isConnected(server: number): boolean {
    return this.#cuts[server] === undefined && this.#downs[server] === undefined;
  }

  isUp(server: number): boolean {
    return this.#downs[server] === undefined;
  }

  /** From now on these hear nobody, and nobody hears them. */
  disconnect(...servers: readonly number[]): void {
    for (const server of servers)
      this.#cuts[server] ??= this.#simulation.begin({ kind: 'isolate', server });
  }

  connect(...servers: readonly number[]): void {
    for (const server of servers) {
      this.#cuts[server]?.();
      this.#cuts[server] = undefined;
    }
  }

  /** They lose power, and what their disks had not synced. */
  crash(...servers: readonly number[]): void {
    for (const server of servers)
      this.#downs[server] ??= this.#simulation.begin({ kind: 'crash', server });
  }

  /** Starts those that are down, and connects them. */
  restart(...servers: readonly number[]): void {
    for (const server of servers) {
      this.#downs[server]?.();
      this.#downs[server] = undefined;
      this.connect(server);
    }
  }

  /** These and the others do not hear each other; whatever split them before is over. */
  partition(side: readonly number[]): void {
    this.heal();
    this.#partition = this.#simulation.begin({ kind: 'partition', side });
  }

  heal(): void {
    this.#partition?.();
    this.#partition = undefined;
  }

  setUnreliable(isUnreliable: boolean): void {
    this.#unreliable?.();
    const { weather } = this.surroundings;
    this.#unreliable = isUnreliable ? weather.add(unreliableNetwork(this.seed)) : undefined;
  }

  setReordering(isReordering: boolean): void {
    this.#reordering?.();
    const { weather } = this.surroundings;
    this.#reordering = isReordering ? weather.add(reorderingNetwork(this.seed)) : undefined;
  }

  // ---- what is asked of servers

  /** The process of a server; undefined while it is down. */
  actor(server: number): ServerActor | undefined {
    return this.#hosts[server]!.actor;
  }

  isLeader(server: number): boolean {
    return this.actor(server)?.isLeader === true;
  }

  term(server: number): number {
    return this.actor(server)?.term ?? 0;
  }

  /** Gives a command to a server; undefined if it does not lead. */
  start(server: number, command: unknown): Started | undefined {
    const actor = this.actor(server);
    if (actor === undefined) return undefined;
    const { observer } = this.surroundings;
    const place = actor.propose(proposal('command', jsonCodec.encode(command)), (outcome) => {
      const { type } = outcome;
      if (type !== 'done' && type !== 'notDone' && type !== 'unknown') return;
      const index = type === 'done' ? outcome.index : undefined;
      observer.client({ type: 'settled', client: 0, names: [name], index, outcome: type });
    });
    if ('refusal' in place) return undefined;
    const name = { index: place.index, term: place.term };
    return { index: this.#labIndex(actor, place.index), term: place.term };
  }

  /** The same, where it has to lead. */
  mustStart(server: number, command: unknown): Started {
    const started = this.start(server, command);
    assertThat(started !== undefined, `leader ${server} refused ${String(command)}`);
    return started;
  }

  /** Requests that servers have sent each other. */
  get rpcs(): number {
    return this.#rpcs;
  }

  /** Messages that servers have sent each other, requests and answers, and their bytes. */
  get sent(): { readonly messages: number; readonly bytes: number } {
    return this.#simulation.sent;
  }

  /** Bytes of the Raft state of a server, as its log on disk has it; 0 while it is down. */
  raftStateBytes(server: number): number {
    const context = this.actor(server)?.snapshot?.context;
    if (context === undefined) return 0;
    const { log, currentTerm, votedFor } = context;
    const writer = new ByteWriter();
    writeVoteRecord(writer, 0, currentTerm, votedFor);
    const entries = log.slice(log.firstIndex, log.length);
    return entries.reduce((sum, entry) => sum + entryRecordBytes(entry), writer.finish().length);
  }

  result(): Run {
    return this.#simulation.result();
  }

  /** Commands up to an index of a leader's log, of which the end may not be written yet. */
  #labIndex({ snapshot, lastApplied }: ServerActor, logIndex: number): number {
    const { log } = snapshot!.context;
    const waiting = log.slice(lastApplied + 1, log.length);
    const commands = waiting.filter(({ kind }) => kind === 'command').length;
    return this.applied.countAt(lastApplied) + commands + logIndex - log.lastIndex;
  }

  #countRpcs(): void {
    const touches = ({ type }: { readonly type: string }) => {
      if (isRequest(type)) this.#rpcs++;
      return false;
    };
    this.surroundings.weather.add({ touches, mattered: () => {} });
  }

  /** Not at once: the server is in the middle of applying. */
  #snapshotSoon(server: ServerId): void {
    const { actor } = this.#hosts.find(({ id }) => id === server)!;
    this.surroundings.clock.schedule(0, () => actor?.takeSnapshot());
  }
}
