import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schedules } from '../../properties/schedules.js';
import { busy, stateMachine } from '../../properties/support/busyRun.js';
import { record } from '../recording.js';
import { simulate } from '../simulation.js';
import { parseJsonLines } from './parseJson.js';
import { parseSchedule, scheduleText } from './scheduleFormat.js';
import { flawIn } from './schema.js';
import { traceSchema, traceText } from './traceFormat.js';

describe('a schedule in a file', () => {
  it('comes back as it was written, whatever it is', () => {
    const property = fc.property(schedules(), fc.nat(), (schedule, seed) => {
      const read = parseSchedule(scheduleText({ schedule, seed }), 'f');
      const said = JSON.parse(JSON.stringify({ schedule, seed })) as typeof read;
      const { settings = {}, slowDisksMs = [], ...rest } = read.schedule;
      expect({ schedule: { ...rest, settings, slowDisksMs }, seed: read.seed }).toEqual(said);
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  it('may say as little as a person wants to', () => {
    expect(parseSchedule('{"servers": 3}', 'f')).toEqual({
      schedule: { servers: 3, forMs: 3_000, windows: [], load: [], deviations: [] },
      seed: 0,
    });
    const waits =
      '{"servers":1,"windows":[{"at":1,"when":"voter","dur":2,"fault":{"kind":"ring"}}]}';
    expect(parseSchedule(waits, 'f').schedule.windows[0]!.when).toBe('voter');
    const text = `{
      "servers": 3,
      "seed": 4,
      "windows": [{ "at": 600, "dur": 400, "fault": { "kind": "isolate", "server": "leader" } }],
      "load": [{ "at": 700, "client": 5, "command": 1 }, { "at": 1500, "client": 5 }]
    }`;
    const { schedule, seed } = parseSchedule(text, 'f');
    expect(schedule.forMs).toBe(4_500);
    const run = simulate({ schedule, seed, stateMachine });
    expect(run.history.map(({ outcome, output }) => [outcome, output])).toEqual([
      ['done', 1],
      ['done', 1],
    ]);
  });

  const flaws: readonly (readonly [string, string])[] = [
    ['{}', 'f, line 1: servers is missing, and has to be a whole number from 1 up to 7'],
    ['{"servers":3,\n"window":[]}', 'f, line 2: window is not known; known are version, servers'],
    [
      '{"servers":3,"windows":[\n{"at":1,"dur":1,"fault":{"kind":"isolate","server":"leaders"}}]}',
      'f, line 2: windows[0].fault.server is "leaders", and has to be a whole number from 0 up to',
    ],
    [
      '{"servers":3,"windows":[{"at":1,"dur":1,"fault":{"kind":"lightning"}}]}',
      'windows[0].fault.kind is "lightning", and has to be one of partition, isolate',
    ],
    [
      '{"servers":3,\n"windows":[{"at":1,"when":"dawn","dur":1,"fault":{"kind":"ring"}}]}',
      'f, line 2: windows[0].when is "dawn", and has to be one of voter, elected',
    ],
    ['{"servers":3,"version":2}', 'f, line 1: version is 2, and has to be 1'],
    [
      '{"servers":3,"settings":{\n"heartbeatMs":500}}',
      'f, line 2: settings.heartbeatMs: 500 is more than half of electionTimeoutMinMs',
    ],
  ];
  for (const [text, said] of flaws) {
    it(`is refused in one line: ${said}`, () => {
      expect(() => parseSchedule(text, 'f')).toThrow(said);
    });
  }
});

describe('a trace in a file', () => {
  it('is as its schema says, line by line', () => {
    const { trace } = record({ schedule: busy, seed: 1, stateMachine, guards: true });
    const servers = ['s1', 's2', 's3'];
    const lines = parseJsonLines(traceText({ seed: 1, servers }, trace), traceSchema, 'f');
    expect(lines).toEqual([{ type: 'trace', version: 1, seed: 1, servers }, ...trace]);
    const types = new Set(trace.map(({ type }) => type));
    expect([...types].sort()).toEqual(['asked', 'fault', 'healed', 'lost', 'settled', 'step']);
    expect(trace.some((event) => event.type === 'step' && event.guards !== undefined)).toBe(true);
    expect(flawIn(traceSchema, { type: 'step' })).toMatchObject({ path: ['number'] });
  });
});
