/** The Clerk's way to a cluster that is not there. What it does with one is what a run shows. */
import { expect, it } from 'vitest';
import { freePorts } from '../freePorts.js';
import { ClerkAppender } from './clerkAppender.js';

it('says not done of what certainly never left', async () => {
  const [port] = await freePorts(1);
  const appender = new ClerkAppender('none', [`127.0.0.1:${port}`]);
  expect(await appender.whenReady()).toBe(true);
  const outcome = appender.append('k', 'c0.1;');
  appender.close();
  expect(await outcome).toMatchObject({ type: 'notDone' });
  expect(await appender.whenReady()).toBe(false);
});
