import { html, type Html, type Part } from './html.ts';

/** A column: its header and its cells. */
export interface Column<T> {
  head: string;
  cell: (row: T) => Part;
  /** Aligns the cells to the right. */
  numeric?: boolean;
}

/**
 * Renders a table whose first column has the row headers. On a phone, each row of a wide table becomes a block with one
 * line per column, which shows the column's name. With the explicit roles, screen readers can still read this layout.
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
