/** Of the thorough number of tries: what CI has time for. `TEST_REPEATS=1` is thorough, 10 is for a night. */
const SHARE = Number(process.env.TEST_REPEATS ?? 0.6);

/**
 * How often a property that needs servers is tried, of a thorough number of tries. Not for tests that also expect to
 * have met rare cases.
 */
export function repeats(thorough: number): number {
  return Math.ceil(thorough * SHARE);
}
