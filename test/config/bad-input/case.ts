/**
 * A wrong edit of a valid file (text found, text in its place), and all resulting problems: `line setting:
 * …`.
 */
export type Case = [found: string, replacement: string, ...problems: string[]];
