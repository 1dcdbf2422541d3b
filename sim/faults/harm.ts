/** Faults that harm what is on a disk: rot, stray writes, files that are lost or cut short. */
import { draw, purposes } from '../chance.js';
import { cutFile, type DiskHarm, rottenBit, strayedSector, withoutFile } from '../diskHarm.js';
import type { DiskImage } from '../diskRules.js';
import type { Fault } from '../fault.js';
import type { FaultRules, Onset } from './onset.js';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

const refused = 'the server found it out, and stopped or did not start';

/** Harms a disk while its server runs; at the end of the window the process is killed. */
function overwriting<F extends Fault>(
  id: string,
  whatIn: (image: DiskImage, drawn: number) => DiskHarm | undefined,
) {
  const rules: FaultRules<F> = {
    ids: [id, 'D13'],
    expected: 'detected',
    mattersWhen: refused,
    ruins: ({ host }) => [host!],
    begin: ({ host, seed, number, mattered }) => {
      const drawn = draw(seed, purposes.harm, host!.number, number);
      const what = whatIn(host!.disk.image(), drawn);
      if (what !== undefined) host!.folder.overwrite(what, { isDamage: true, mattered });
      return () => host!.kill()();
    },
  };
  return rules;
}

/** Kills a server, and lets it start on files that are not what they were. */
function altering<F extends Fault>(
  id: string,
  altered: (image: DiskImage, drawn: number) => DiskImage | undefined,
) {
  const rules: FaultRules<F> = {
    ids: [id, 'D13'],
    expected: 'detected',
    mattersWhen: refused,
    ruins: ({ host }) => [host!],
    begin: ({ host, seed, number, mattered }: Onset<F>) => {
      const heal = host!.kill();
      const folder = host!.folder.copy();
      const files = altered(folder.files, draw(seed, purposes.harm, host!.number, number));
      if (files === undefined) return heal;
      const harm = { isDamage: true, mattered };
      const start = host!.replaceFolder({ ...folder, files, harm });
      return () => {
        heal();
        start();
      };
    },
  };
  return rules;
}

export const bitRot = overwriting<Of<'bitRot'>>('D7', rottenBit);
export const misdirected = overwriting<Of<'misdirected'>>('D8', strayedSector);
export const loseFile = altering<Of<'loseFile'>>('D9', withoutFile);
export const truncateFile = altering<Of<'truncateFile'>>('D9', cutFile);
