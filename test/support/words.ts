import type { Told } from '../../contract/messages/message.ts';

/** What people read of notes. */
export function words(notes: readonly Told[]): string[] {
  return notes.map(({ message }) => message);
}
