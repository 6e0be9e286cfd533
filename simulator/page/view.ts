import type { Html } from './html.ts';

/** One page, without what all pages have in common. */
export interface View {
  title: string;
  main: Html;
  /** Whether the page follows what happens. Not where someone is about to type. */
  live: boolean;
}
