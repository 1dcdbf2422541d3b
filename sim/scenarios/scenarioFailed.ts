/** How a scenario says that what it asserts does not hold. */

/** Thrown by a row and by the lab's checks; `playScenario` makes a value of it. */
export class ScenarioFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScenarioFailed';
  }
}

/** Throws {@link ScenarioFailed} unless it holds. `what` says what should have been, and was. */
export function assertThat(holds: boolean, what: string | (() => string)): asserts holds {
  if (!holds) throw new ScenarioFailed(typeof what === 'string' ? what : what());
}
