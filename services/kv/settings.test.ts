import { describe, expect, it } from 'vitest';
import { Settings } from './settings.js';

describe('Settings', () => {
  it('remember what is set, and show it by pattern', () => {
    const settings = new Settings({ maxclients: '10' });
    expect(
      settings.set([
        ['some-name', 'on'],
        ['save', '60 1'],
      ]),
    ).toBeUndefined();
    expect(settings.matching(['some-*'])).toEqual([['some-name', 'on']]);
    expect(settings.matching(['save', 'maxclients'])).toEqual([
      ['maxclients', '10'],
      ['save', '60 1'],
    ]);
  });

  it('refuse what means something and cannot be set, and then set none', () => {
    const settings = new Settings({ maxclients: '10' });
    const wrong = settings.set([
      ['other', '1'],
      ['maxclients', '20'],
    ]);
    expect(wrong).toEqual({ name: 'maxclients', why: "can't set immutable config" });
    expect(settings.matching(['other'])).toEqual([]);
  });

  it('take no more than they have room for', () => {
    const settings = new Settings({});
    expect(settings.set([['name', 'x'.repeat(5000)]])?.why).toMatch('longer than');
    let refused = 0;
    for (let n = 0; n < 1100; n++) if (settings.set([[`name ${n}`, '']]) !== undefined) refused++;
    expect(refused).toBe(100);
    expect(settings.set([['name 1', 'again']])).toBeUndefined();
  });
});
