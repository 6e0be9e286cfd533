import type { ValueReject } from '../../contract/messages/rejects.ts';

export { VALUE_REJECTS } from '../../contract/messages/reject-words.ts';
export type { ValueReject } from '../../contract/messages/rejects.ts';

/** A value in Actito's format, or why it is rejected. */
export type Converted = { value: string } | { reject: ValueReject };

/** Converts the warehouse's text of a value (never null) into Actito's format. */
export type Converter = (text: string) => Converted;
