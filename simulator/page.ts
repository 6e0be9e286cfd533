import type { Inspection } from './inspection.ts';

/** What a marketer would see of Actito: one HTML page with the target lists and the imports. */
export function renderPage(inspection: Inspection): string {
  const lists = inspection
    .lists()
    .map(({ name, numberOfProfiles, lastRetrievedFile: file, expirationDate, expired }) => [
      name,
      numberOfProfiles,
      file
        ? `${file.name}, ${file.retrievedMoment}${file.errorMessage ? `: ${file.errorMessage}` : ''}`
        : 'none yet',
      expirationDate ? `${expirationDate}${expired ? ' (expired)' : ''}` : '',
    ]);
  const imports = inspection
    .imports()
    .map(({ id, status, message, columns, rows, created }) => [
      id,
      created,
      message ? `${status}: ${message}` : status,
      columns.join(', '),
      rows?.updated ?? '',
      rows?.inError ?? '',
    ]);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Actito simulator</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; }
  table { border-collapse: collapse; margin-bottom: 2rem; }
  th, td { text-align: left; padding: 0.3rem 1rem 0.3rem 0; border-bottom: 1px solid #ccc; }
</style>
<h1>Actito simulator</h1>
<p>${inspection.contactCount()} contacts.</p>
<h2>External target lists</h2>
${table(['Name', 'Profiles', 'Last retrieved file', 'Expiration date'], lists)}
<h2>Imports</h2>
${table(['Id', 'Created', 'Status', 'Columns', 'Updated', 'In error'], imports)}
</html>
`;
}

function table(head: string[], rows: (string | number)[][]): string {
  if (rows.length === 0) return '<p>None.</p>';
  const line = (cells: (string | number)[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(String(cell))}</${tag}>`).join('')}</tr>`;
  return `<table>\n${[line(head, 'th'), ...rows.map((row) => line(row, 'td'))].join('\n')}\n</table>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
