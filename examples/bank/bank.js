/**
 * A bank as a state machine: deposits and transfers between accounts. It knows nothing of Raft; it
 * is replicated by whoever gives it to `createCluster`, `createServer`, or a search for faults.
 */

/** @typedef {Readonly<Record<string, number>>} Accounts */
/** @typedef {{ readonly from?: string, readonly to: string, readonly amount: number }} Order */

/** What `fromReducer` of raftchart takes; each order answers what is left where it came from. */
export const bank = {
  /** @type {Accounts} */
  initial: {},

  /**
   * @param {Accounts} accounts
   * @param {Order} order without `from` it is a deposit
   */
  apply(accounts, { from, to, amount }) {
    const [source, target] = [accounts[from ?? ''] ?? 0, accounts[to] ?? 0];
    if (from === undefined) {
      return { state: { ...accounts, [to]: target + amount }, result: target + amount };
    }
    if (source < amount || from === to) return { state: accounts, result: 'refused' };
    const state = { ...accounts, [from]: source - amount, [to]: target + amount };
    return { state, result: source - amount };
  },
};
