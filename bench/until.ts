/** Waits for what other processes bring about. */

const askAgainMs = 20;

/**
 * Asks again and again until there is an answer; throws after `withinMs`, saying what was waited
 * for.
 */
export async function until<T>(
  what: string,
  withinMs: number,
  ask: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadlineMs = performance.now() + withinMs;
  while (performance.now() < deadlineMs) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(askAgainMs);
  }
  throw new Error(`waited ${withinMs} ms in vain: ${what}`);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
