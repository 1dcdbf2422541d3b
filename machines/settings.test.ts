import { describe, expect, it } from 'vitest';
import { defaultSettings, type Settings, settingsFlaw } from './settings.js';

const flawOf = (settings: Partial<Settings>) => settingsFlaw({ ...defaultSettings, ...settings });

describe('settings', () => {
  it('are right as they come', () => expect(flawOf({})).toBeUndefined());

  it('may keep nothing behind a snapshot, and trust clocks without limit', () => {
    const none = { trailingEntriesMax: 0, trailingBytesMax: 0, clockDriftPercentMax: 0 };
    expect(flawOf(none)).toBeUndefined();
  });

  it.each([
    [
      'a bound that is no number',
      { entriesPerMessageMax: Number.NaN },
      /entriesPerMessageMax: NaN/,
    ],
    ['a bound of nothing', { messagesInFlightMax: 0 }, /messagesInFlightMax: 0 .* from 1 on/],
    ['less than nothing', { trailingEntriesMax: -1 }, /trailingEntriesMax: -1 .* from 0 on/],
    [
      'a shortest time above the longest',
      { electionTimeoutMinMs: 500 },
      /electionTimeoutMinMs: 500/,
    ],
    ['a retry that ends before it begins', { retryMinMs: 200 }, /retryMinMs: 200 is more than/],
    ['a notice after the heartbeat', { commitNoticeMs: 60 }, /commitNoticeMs: 60 is more than/],
    ['a message above the window', { bytesPerMessageMax: 2 ** 24 }, /bytesPerMessageMax/],
    ['elections after one lost heartbeat', { heartbeatMs: 101 }, /heartbeatMs: 101 .* election/],
    ['leases of no time', { clockDriftPercentMax: 100 }, /clockDriftPercentMax: 100/],
  ])('are refused with %s', (_what, settings, line) => expect(flawOf(settings)).toMatch(line));
});
