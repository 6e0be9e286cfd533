import { html, type Html, type Part } from './html.ts';

/** One column: what its header says, and what stands in a row's cell. */
export interface Column<T> {
  head: string;
  cell: (row: T) => Part;
  /** Aligned to the right. */
  numeric?: boolean;
}

/**
 * A table whose first column names its rows. On a phone the rows of wide ones become blocks of lines, each with its
 * column's name before it; the roles are written out because that layout would take them away from screen readers.
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
