/**
 * Model-based tests of the roles: each role's chart, mounted alone, is the model. `@xstate/test` explores it over an
 * abstraction of what a server knows, and every transition that it finds is taken, over the shortest way there, by a
 * server as Figure 2 has it. After each step the two must agree on role, term, vote, log, commit index and answer.
 */
import { type TestModel, TestModel as Model } from '@xstate/test';
import { describe, expect, it } from 'vitest';
import { type AnyActorScope, type AnyStateMachine, createActor, type Snapshot } from 'xstate';
import { defaultSettings, type ServerContext, type ServerEvent } from '../machines/context.js';
import type { Effect } from '../machines/effects.js';
import { proposal, type ServerId } from '../machines/entry.js';
import { type Role, roleMachine, roleOf, type ServerSnapshot } from '../machines/server.js';
import { Figure2 } from './support/figure2.js';
import {
  appended,
  appendEntries,
  conflicted,
  logOfTerms,
  members,
  preVote,
  requestPreVote,
  requestVote,
  threeServers,
  vote,
} from './support/script.js';
