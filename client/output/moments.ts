/** A moment to the minute, in UTC, e.g. `2026-01-31T06:00Z`; `–` for none. */
export function minute(moment: Date | null): string {
  return moment === null ? '–' : `${moment.toISOString().slice(0, 16)}Z`;
}
