/**
 * What every transport must do, as tests for any runner: for those of this project, and for a
 * user's own.
 */
import type { Message } from '../machines/messages.js';
import type { Transport, TransportNotice } from './transport.js';
import { forwardContract } from './transportForward.contract.js';
import {
  check,
  converse,
  eventually,
  heartbeat,
  openPair,
  type Runner,
  stopped,
  type TransportPair,
} from './transportPair.contract.js';

/** Runs the facts, each on a fresh pair of transports that `make` gives, unopened. */
export function transportContract(make: () => Promise<TransportPair>, runner: Runner): void {
  const it = (name: string, fact: (pair: TransportPair) => Promise<void>): void =>
    runner.it(name, async () => {
      const pair = await make();
      try {
        await fact(pair);
      } finally {
        await pair.close();
      }
    });
  runner.describe('messages', () => messageFacts(it));
  runner.describe('closing', () => closingFacts(it));
  runner.describe('handshake', () => handshakeFacts(it));
  runner.describe('forwarding', () => forwardContract(it));
}

/** States a fact, to be shown on a pair of its own. */
export type Fact = (name: string, fact: (pair: TransportPair) => Promise<void>) => void;

function messageFacts(it: Fact): void {
  it('delivers a message as it was sent', async (pair) => {
    await openPair(pair);
    const { a, b } = pair;
    await converse(a, 'a', b, 'b');
    const arrived = arrivals(b);
    const sent: Message = { ...heartbeat('a', 7), entries: [entryOf(41), entryOf(42)] };
    a.send('b', 0, sent);
    await eventually(() => arrived.length > 0, 'the message arrives');
    const plain = (m: Message) =>
      JSON.stringify({ ...m, atMs: 0 }, (_, v) => (v instanceof Uint8Array ? [...v] : v));
    const fields = (m: Message) =>
      plain(m)
        .split(/(?=[,{}])/)
        .sort();
    check(
      String(fields(arrived[0]!)) === String(fields(sent)),
      `it arrived as ${plain(arrived[0]!)}`,
    );
  });

  it('keeps the order of a link on which nothing is lost', async (pair) => {
    await openPair(pair);
    await converse(pair.a, 'a', pair.b, 'b');
    const arrived = arrivals(pair.b);
    const count = 1_000;
    for (let term = 1; term <= count; term++) pair.a.send('b', 0, heartbeat('a', term));
    await eventually(() => arrived.length === count, 'all arrive');
    check(
      arrived.every((message, i) => message.term === i + 1),
      'in their order',
    );
  });

  it('delivers nothing inside the call that sends', async (pair) => {
    await openPair(pair);
    let isSending = false;
    let arrivedInside = 0;
    let arrivedAtA = 0;
    const send = (from: Transport, fromId: string, toId: string) => {
      isSending = true;
      from.send(toId, 0, heartbeat(fromId, 1));
      isSending = false;
    };
    pair.b.messages$.subscribe(() => {
      if (isSending) arrivedInside++;
      send(pair.b, 'b', 'a');
    });
    pair.a.messages$.subscribe(() => {
      if (isSending) arrivedInside++;
      arrivedAtA++;
    });
    await eventually(() => {
      send(pair.a, 'a', 'b');
      return arrivedAtA > 0;
    }, 'messages arrive both ways');
    check(arrivedInside === 0, 'none inside send');
  });

  it('is silent about servers that are unknown or gone, and serves the others', async (pair) => {
    await openPair(pair);
    const { a, b } = pair;
    for (const to of ['nobody', 'a', '__proto__']) a.send(to, 0, heartbeat('a', 1));
    await converse(a, 'a', b, 'b');
    await stopped(b);
    for (let i = 0; i < 10; i++) a.send('b', 0, heartbeat('a', i + 1));
    await stopped(a);
    a.send('b', 0, heartbeat('a', 1));
  });

  it('is silent when it is used before it is open', async ({ a }) => {
    a.send('b', 0, heartbeat('a', 1));
    a.forward('b', 1).close();
  });

  it('delivers nothing that is for another group', async (pair) => {
    await openPair(pair);
    const { a, b } = pair;
    await converse(a, 'a', b, 'b');
    const arrived = arrivals(b);
    a.send('b', 1, heartbeat('a', 1_000));
    a.send('b', 0, heartbeat('a', 1_001));
    await eventually(() => arrived.length > 0, 'the message for group 0 arrives');
    check(arrived.length === 1 && arrived[0]!.term === 1_001, 'only that one');
  });
}

function closingFacts(it: Fact): void {
  it('lets nothing arrive after close has answered', async (pair) => {
    await openPair(pair);
    const { a, b } = pair;
    await converse(b, 'b', a, 'a');
    const arrived = arrivals(a);
    let notices = 0;
    a.notices$.subscribe(() => notices++);
    b.send('a', 0, heartbeat('b', 1));
    await stopped(a);
    const [messagesBefore, noticesBefore] = [arrived.length, notices];
    for (let i = 0; i < 10; i++) b.send('a', 0, heartbeat('b', 2));
    await stopped(b);
    check(arrived.length === messagesBefore, 'no message arrives');
    check(notices === noticesBefore, 'no notice either');
  });

  it('may be closed twice, and answers each time once', async (pair) => {
    await openPair(pair);
    let answered = 0;
    pair.a.close(() => answered++);
    pair.a.close(() => answered++);
    await eventually(() => answered >= 2, 'both are answered');
    await stopped(pair.a);
    check(answered === 2, 'once each');
  });

  it('may be closed without ever having been opened, and while it opens', async (pair) => {
    await stopped(pair.b);
    let opened = 0;
    pair.a.open(pair.options('a'), () => opened++);
    await stopped(pair.a);
    check(opened === 1, 'open has answered');
  });
}

function handshakeFacts(it: Fact): void {
  it('tells which store it met, the first time', async (pair) => {
    const known = pair.options('b').storeId;
    const met: Record<'a' | 'b', TransportNotice[]> = { a: [], b: [] };
    pair.a.notices$.subscribe((notice) => met.a.push(notice));
    pair.b.notices$.subscribe((notice) => met.b.push(notice));
    await openPair(pair, { a: { knownStores: { b: known } } });
    await converse(pair.a, 'a', pair.b, 'b');
    await converse(pair.b, 'b', pair.a, 'a');
    await eventually(() => met.b.some((notice) => notice.type === 'metStore'), 'b meets a');
    const stores = (notices: TransportNotice[]) => notices.filter((n) => n.type === 'metStore');
    const expected = [{ type: 'metStore', serverId: 'a', storeId: pair.options('a').storeId }];
    check(JSON.stringify(stores(met.b)) === JSON.stringify(expected), 'b is told of a, once');
    check(stores(met.a).length === 0, 'a, who knew b, is told nothing');
  });

  it('refuses a server of another cluster', async (pair) => {
    await refusal(pair, { b: { clusterId: 'another' } }, /cluster/);
  });

  it('refuses another store under a known id, and names the remedy', async (pair) => {
    const remedy = /emptied or replaced.*remove.*add it anew.*restore/;
    await refusal(pair, { a: { knownStores: { b: 'the store before' } } }, remedy);
  });
}

/** Both sides keep sending; nothing may get through, and one of them must be told why. */
async function refusal(
  pair: TransportPair,
  overrides: Parameters<typeof openPair>[1],
  expected: RegExp,
): Promise<void> {
  const { a, b } = pair;
  const reasons: string[] = [];
  for (const transport of [a, b]) {
    transport.messages$.subscribe(() => reasons.push('a message got through'));
    transport.notices$.subscribe((notice) => {
      if (notice.type === 'refused') reasons.push(notice.reason);
    });
  }
  await openPair(pair, overrides);
  await eventually(() => {
    a.send('b', 0, heartbeat('a', 1));
    b.send('a', 0, heartbeat('b', 1));
    return reasons.some((reason) => expected.test(reason));
  }, `a notice like ${expected}`);
  check(!reasons.includes('a message got through'), 'nothing gets through');
  check(
    reasons.every((reason) => !reason.includes('\n')),
    'a reason is one line',
  );
}

function arrivals(transport: Transport): Message[] {
  const messages: Message[] = [];
  transport.messages$.subscribe((message) => messages.push(message));
  return messages;
}

function entryOf(index: number) {
  const bytes = Uint8Array.of(index, 0, 255);
  const session = { sessionId: 3, sequence: 2, firstUnacknowledged: 1 };
  return {
    index,
    term: 7,
    kind: 'command',
    stampMs: 1_700_000_000_000,
    ...session,
    bytes,
  } as const;
}
