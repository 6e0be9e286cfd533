import type { Told } from '../../contract/messages/message.ts';

/** The text of notes as people read it. */
export function words(notes: readonly Told[]): string[] {
  return notes.map(({ message }) => message);
}
