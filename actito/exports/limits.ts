/** The maximum size of a field and of a line in bytes. An unclosed quote would make everything after it one field. */
export const LONGEST = { field: 64 * 1024, line: 4 * 1024 * 1024 } as const;
