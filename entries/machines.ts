/** `raftchart/machines`: the protocol, as XState statecharts, and how to step them. */
export { clientMachine } from '../machines/client.js';
export * from '../machines/configuration.js';
export * from '../machines/context.js';
export * from '../machines/effects.js';
export * from '../machines/entry.js';
export { type GuardOutcome, withGuardOutcomes } from '../machines/guardOutcomes.js';
export { type Installation, installationMachine } from '../machines/installation.js';
export { InvariantBroken } from '../machines/invariant.js';
export { Log, type LogBase, logStart } from '../machines/log.js';
export * from '../machines/messages.js';
export { type Progress, progressMachine } from '../machines/progress.js';
export * from '../machines/quorum.js';
export { type Answer, rule } from '../machines/rule.js';
export * from '../machines/server.js';
export * from '../machines/settings.js';
export { createStepper, type Stepper } from '../machines/stepper.js';
