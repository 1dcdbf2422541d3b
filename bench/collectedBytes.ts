/** The memory that this process needs: what is left when the collector has been. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes on the heap and in array buffers. Takes its time: it collects twice. */
export function collectedBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect(); // what the first one found dead outside of the heap goes with the second
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external; // array buffers are part of `external`
}
