import type { Html } from './html.ts';

/** A page without the parts that all pages share. */
export interface View {
  title: string;
  main: Html;
  /** Whether the page updates itself. False if people type on it. */
  live: boolean;
}
