import { setCurrentDetails } from '@temporalio/workflow';
import { clean, cut } from '../contract/clean.ts';

/** Shows a Markdown page in the web UI. All details pass through here to be cleaned and cut. */
export function showDetails(page: string): void {
  setCurrentDetails(cut(clean(page)));
}
