import { html, type Html, type Part } from './html.ts';

/** One column: its header and its cells. */
export interface Column<T> {
  head: string;
  cell: (row: T) => Part;
  /** Aligned to the right. */
  numeric?: boolean;
}

/**
 * A table with row headers in its first column. On a phone, each row of a wide table becomes a block of lines, each with
 * its column's name. The explicit roles keep this layout readable for screen readers.
 */
export function table<T>(caption: Part, columns: Column<T>[], rows: readonly T[]): Html {
  const kind = ({ numeric }: Column<T>) => (numeric ? 'number' : 'text');
  return html`<table role="table" class="${columns.length > 2 && 'wide'}">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(
          (column) => html`<th role="columnheader" scope="col" class="${kind(column)}">${column.head}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        (row) =>
          html`<tr role="row">
            ${columns.map((column, i) =>
              i === 0
                ? html`<th role="rowheader" scope="row">${column.cell(row)}</th>`
                : html`<td role="cell" class="${kind(column)}" data-label="${column.head}">
                    <div>${column.cell(row)}</div>
                  </td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
