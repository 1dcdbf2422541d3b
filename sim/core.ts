/** Whether anything is owed by a cluster that is left alone. */
import type { Weather } from './weather.js';

/** A server as far as this is concerned. */
interface Member {
  readonly number: number;
  /** It runs, and its disk takes what it writes. */
  readonly isFit: boolean;
}

/** Whether a majority of them is fit, and its members all reach each other both ways. */
export function hasCore(servers: readonly Member[], weather: Weather): boolean {
  const fit = servers.filter(({ isFit }) => isFit);
  const needed = Math.floor(servers.length / 2) + 1;
  const hear = ({ number: one }: Member, { number: other }: Member) =>
    weather.reaches(one, other) && weather.reaches(other, one);
  /** Whether so many more of the rest join those who all hear each other already. */
  const grows = (core: readonly Member[], rest: readonly Member[]): boolean => {
    if (core.length >= needed) return true;
    return rest.some((next, at) => {
      const hearsAll = core.every((member) => hear(member, next));
      return hearsAll && grows([...core, next], rest.slice(at + 1));
    });
  };
  return grows([], fit);
}
