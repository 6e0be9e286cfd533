import { hasIdentifierColumn, type Activation } from '../activation/definition/definition.ts';
import type { Column } from '../activation/values/kinds.ts';
import { Failure } from '../contract/failure.ts';

/**
 * Checks the columns of an activation's segment before anything is read: some can never be sent, such as JSON, arrays
 * and floating-point keys.
 * @throws Failure MappingInvalid
 */
export function checkColumns(activation: Activation, columns: Column[]): void {
  const values = columns.slice(columns.length - activation.attributes.length);
  const keys = columns.slice(0, hasIdentifierColumn(activation) ? 2 : 1);
  const unusable = [
    ...values.filter(({ kind }) => kind === 'unsupported'),
    ...keys.filter(({ kind }) => !['text', 'integer', 'decimal'].includes(kind)),
  ];
  if (unusable.length === 0) return;
  throw new Failure('columnsUnsendable', {
    activation: activation.id,
    columns: unusable.map(({ name, databaseType: type }) => ({ name, type })),
  });
}
