import { setCurrentDetails } from '@temporalio/workflow';
import { clean, cut } from '../contract/clean.ts';

/** Shows a page of Markdown in the web UI: the one way there, on which it is cleaned and cut. */
export function showDetails(page: string): void {
  setCurrentDetails(cut(clean(page)));
}
