/**
 * What every transport must do with forwarded requests: answer each exactly once, and say *unknown*
 * only of those that may have been carried out.
 */
import type { Fact } from './transport.contract.js';
import type { ForwardAnswer, Forwarded, ForwardStream, Transport } from './transport.js';
import {
  asked,
  check,
  eventually,
  openPair,
  stopped,
  type TransportPair,
} from './transportPair.contract.js';

/** The term for which every stream here is opened. */
const leaderTerm = 3;

/** States the facts. */
export function forwardContract(it: Fact): void {
  answeringFacts(it);
  endingFacts(it);
}

function answeringFacts(it: Fact): void {
  it('answers every request exactly once, in whatever order the answers come', async (pair) => {
    const { stream, arrived } = await openStream(pair);
    const count = 100;
    const answers: ForwardAnswer[][] = [];
    for (let i = 0; i < count; i++) answers.push(ask(stream, i % 2 === 0 ? 'command' : 'query', i));
    await eventually(() => arrived.length === count, 'all requests arrive');
    check(
      arrived.every(({ bytes }, i) => bytes[0] === i),
      'in their order',
    );
    check(
      arrived.every(({ kind }, i) => kind === (i % 2 === 0 ? 'command' : 'query')),
      'by kind',
    );
    for (const request of arrived.toReversed()) {
      request.answer({ type: 'done', index: request.bytes[0]!, bytes: request.bytes });
      request.answer({ type: 'threw', message: 'answered twice' });
    }
    await eventually(() => answers.every((taken) => taken.length > 0), 'all are answered');
    stream.close();
    check(
      answers.every((taken) => taken.length === 1),
      'once each',
    );
    const own = answers.every(
      ([answer], i) => answer?.type === 'done' && answer.index === i && answer.bytes[0] === i,
    );
    check(own, 'with its own answer');
  });

  it('carries all that a request says, and the term that the stream is for', async (pair) => {
    const { stream, arrived } = await openStream(pair);
    const session = { sessionId: 2 ** 53 - 1, sequence: 12, firstUnacknowledged: 5 };
    const kinds = ['command', 'query', 'openSession', 'closeSession'] as const;
    const bytes = Uint8Array.of(1, 0, 255);
    for (const kind of kinds) stream.request({ kind, ...session, bytes }, () => {});
    await eventually(() => arrived.length === kinds.length, 'all requests arrive');
    const [first] = arrived;
    check(String(arrived.map(({ kind }) => kind)) === String(kinds), 'by kind');
    for (const name of ['sessionId', 'sequence', 'firstUnacknowledged'] as const)
      check(first![name] === session[name], name);
    check(String(first!.bytes) === String(bytes), 'its bytes');
    check(
      arrived.every(({ term }) => term === leaderTerm),
      'the term',
    );
    stream.close();
  });

  it('carries every kind of answer', async (pair) => {
    const { stream, arrived } = await openStream(pair);
    const kinds: ForwardAnswer[] = [
      { type: 'threw', message: 'WRONGTYPE \u00e4' },
      { type: 'notDone', reason: 'not the leader' },
      { type: 'unknown', reason: 'deposed' },
      { type: 'expired', reason: 'session 7 is gone' },
    ];
    const taken = kinds.map((_, i) => ask(stream, 'command', i));
    await eventually(() => arrived.length === kinds.length, 'all requests arrive');
    arrived.forEach((request, i) => request.answer(kinds[i]!));
    await eventually(() => taken.every((answers) => answers.length > 0), 'all are answered');
    check(JSON.stringify(taken.flat()) === JSON.stringify(kinds), 'as they were given');
  });

  it('answers nothing inside the call that asks', async (pair) => {
    const { a } = pair;
    const early = a.forward('b', leaderTerm);
    await openPair(pair);
    for (const stream of [early, a.forward('b', leaderTerm), a.forward('nobody', leaderTerm)]) {
      const answers = ask(stream, 'command', 1);
      check(answers.length === 0, 'no answer comes inside request');
      await eventually(() => answers.length > 0, 'it is answered');
      check(types(answers) === 'notDone', 'not done: nobody takes requests');
    }
  });
}

function endingFacts(it: Fact): void {
  it('answers unknown what a closed stream leaves unanswered, and then not done', async (pair) => {
    const { stream, arrived } = await openStream(pair);
    const before = ask(stream, 'command', 1);
    await eventually(() => arrived.length === 1, 'the request arrives');
    stream.close();
    stream.close();
    await eventually(() => before.length > 0, 'it is answered');
    const after = ask(stream, 'command', 2);
    await eventually(() => after.length > 0, 'the later one is answered');
    check(types(before) === 'unknown' && types(after) === 'notDone', 'as promised');
    arrived[0]!.answer({ type: 'done', index: 1, bytes: Uint8Array.of() });
    await stopped(pair.b);
    check(before.length === 1, 'an answer that comes too late is not heard');
    check(arrived.length === 1, 'what came later was not carried out');
  });

  for (const side of ['a', 'b'] as const)
    it(`answers unknown what is unanswered when ${side} closes its transport`, async (pair) => {
      const { stream, arrived } = await openStream(pair);
      const answers = ask(stream, 'command', 1);
      await eventually(() => arrived.length === 1, 'the request arrives');
      await stopped(pair[side]);
      await eventually(() => answers.length > 0, 'it is answered');
      const later = ask(stream, 'command', 2);
      await eventually(() => later.length > 0, 'the later one is answered');
      check(types(answers) === 'unknown' && types(later) === 'notDone', 'as promised');
      arrived[0]!.answer({ type: 'done', index: 1, bytes: Uint8Array.of() });
    });

  it('answers not done what is asked of a server that is not there', async (pair) => {
    await openPair(pair);
    await stopped(pair.b);
    const answers = ask(pair.a.forward('b', leaderTerm), 'command', 1);
    await eventually(() => answers.length > 0, 'it is answered');
    check(types(answers) === 'notDone', 'not done');
  });

  it('refuses a stream as it refuses messages', async (pair) => {
    await openPair(pair, { b: { clusterId: 'another' } });
    const arrived = requests(pair.b);
    const answers = ask(pair.a.forward('b', leaderTerm), 'command', 1);
    await eventually(() => answers.length > 0, 'it is answered');
    check(types(answers) === 'notDone' && arrived.length === 0, 'not done');
  });
}

async function openStream(
  pair: TransportPair,
): Promise<{ stream: ForwardStream; arrived: Forwarded[] }> {
  await openPair(pair);
  return { arrived: requests(pair.b), stream: pair.a.forward('b', leaderTerm) };
}

function requests(transport: Transport): Forwarded[] {
  const arrived: Forwarded[] = [];
  transport.forwarded$.subscribe((request) => arrived.push(request));
  return arrived;
}

/** Asks, and answers with the list of answers that come. */
function ask(stream: ForwardStream, kind: Forwarded['kind'], byte: number): ForwardAnswer[] {
  const answers: ForwardAnswer[] = [];
  stream.request(asked(kind, Uint8Array.of(byte)), (answer) => answers.push(answer));
  return answers;
}

function types(answers: readonly ForwardAnswer[]): string {
  return answers.map(({ type }) => type).join();
}
