/** What is drawn by the seed of a run: beside those of sim/chance.ts, for its `draw`. */
export const killPurposes = { quiet: 100, follower: 101, key: 102, server: 103 } as const;
