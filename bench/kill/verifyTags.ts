/**
 * Verifies what was read at the end against the history: the promises of docs/guarantees.md, as far
 * as values that were only appended to can show them.
 */
import type { SentTag } from './history.js';

/** A promise that was broken, in one line. */
export interface Breach {
  readonly promise: Law;
  readonly line: string;
}

type Law =
  | 'acknowledged is kept'
  | 'applied once'
  | 'not done is not there'
  | 'nothing out of nowhere'
  | 'answered where it stands'
  | 'in the order of real time';

/** An occurrence of a tag in a value. */
interface Place {
  readonly tag: string;
  readonly key: string;
  /** The length of the value up to the end of the tag. */
  readonly end: number;
}

const examplesMax = 3;

/**
 * What is wrong with the values by key, a line for each promise that was broken; nothing if all is
 * well. A tag of unknown outcome may stand there once or not at all.
 */
export function verifyTags(
  sent: readonly SentTag[],
  values: ReadonlyMap<string, string>,
): readonly Breach[] {
  const byTag = new Map(sent.map((each) => [each.tag, each]));
  const byKey = [...values].map(([key, value]) => placesIn(key, value));
  const places = byKey.flat();
  const seen = new Set(places.map(({ tag }) => tag));
  const known = (place: Place): SentTag | undefined => {
    const found = byTag.get(place.tag);
    return found?.key === place.key ? found : undefined;
  };
  const wrong: Record<Law, readonly string[]> = {
    'acknowledged is kept': sent
      .filter(({ tag, outcome }) => outcome.type === 'done' && !seen.has(tag))
      .map(({ tag, key, settledMs }) => `${tag} in ${key}, acknowledged at ${seconds(settledMs)}`),
    'applied once': repeated(places).map(({ tag, key }) => `${tag} in ${key}, again`),
    'not done is not there': places
      .filter((place) => known(place)?.outcome.type === 'notDone')
      .map(({ tag, key }) => `${tag} in ${key}`),
    'nothing out of nowhere': places
      .filter((place) => known(place) === undefined)
      .map(({ tag, key }) => `${JSON.stringify(tag)} in ${key}, never sent there`),
    'answered where it stands': places.flatMap((place) => misplaced(place, known(place))),
    'in the order of real time': byKey.flatMap((ofKey) =>
      overtaken(ofKey.flatMap((place) => known(place) ?? [])),
    ),
  };
  return Object.entries(wrong).flatMap(([promise, cases]) =>
    cases.length === 0 ? [] : [{ promise: promise as Law, line: lineOf(promise, cases) }],
  );
}

function placesIn(key: string, value: string): Place[] {
  let end = 0;
  return (value.match(/[^;]*;|[^;]+$/gu) ?? []).map((tag) => {
    end += tag.length;
    return { tag, key, end };
  });
}

/** All occurrences of tags but the first of each. */
function repeated(places: readonly Place[]): Place[] {
  const seen = new Set<string>();
  return places.filter(({ tag }) => {
    const isAgain = seen.has(tag);
    seen.add(tag);
    return isAgain;
  });
}

/** The answer to an append is the length of the value with it: there the tag has to end. */
function misplaced({ end }: Place, sent: SentTag | undefined): string[] {
  if (sent?.outcome.type !== 'done') return [];
  const { length = end } = sent.outcome;
  return length === end
    ? []
    : [`${sent.tag} in ${sent.key}, answered ${length} and ends at ${end}`];
}

/**
 * What was acknowledged before another was sent has to stand before it: `inValue` is what stands in
 * one value, in its order.
 */
function overtaken(inValue: readonly SentTag[]): string[] {
  let earliest: SentTag | undefined;
  const wrong: string[] = [];
  for (const each of inValue.toReversed()) {
    if (earliest !== undefined && earliest.settledMs < each.sentMs) {
      const [sent, settled] = [seconds(each.sentMs), seconds(earliest.settledMs)];
      wrong.push(
        `${each.tag} in ${each.key}, sent at ${sent}, ` +
          `before ${earliest.tag}, settled at ${settled}`,
      );
    }
    const isDone = each.outcome.type === 'done';
    if (isDone && each.settledMs < (earliest?.settledMs ?? Number.POSITIVE_INFINITY)) {
      earliest = each;
    }
  }
  return wrong.toReversed();
}

function lineOf(promise: string, cases: readonly string[]): string {
  const examples = cases.slice(0, examplesMax).join('; ');
  const more = cases.length > examplesMax ? '; …' : '';
  return `${promise}: broken ${cases.length} times: ${examples}${more}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
