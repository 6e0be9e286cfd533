import { pauseCommand } from '../../contract/commands.ts';
import type { CountWords } from './result.ts';

/** What is counted of an undo: it reads no segment, and sends no attributes. */
export const UNDO_COUNTS: CountWords = {
  members: 'on the list then',
  added: 'back on the list',
  removed: 'gone from the list',
};

/** What an undo, if it is one, puts the list back to. */
export function undoWords(undo: string | undefined): string[] {
  return undo === undefined ? [] : [`the list as it was after run ${undo}`];
}

/** What comes after an undo, for people, line by line. */
export function afterUndo(activation: string, undo: string | undefined): string[] {
  if (undo === undefined) return [];
  return [
    'The next ordinary run makes the list follow its segment again. Until that is right, let none start:',
    `  ${pauseCommand(activation)}`,
  ];
}
