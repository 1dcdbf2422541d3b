/** Asks until there is an answer, for a time. */

/** Undefined if there is none within `msMax`; it asks every `pollMs`. */
export async function eventually<T>(
  msMax: number,
  pollMs: number,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const endMs = performance.now() + msMax;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() >= endMs) return answer;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
