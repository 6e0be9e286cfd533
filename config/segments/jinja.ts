/**
 * A call, one of dbt's names, or a statement. Other double braces can be the text of a template that a query compares
 * with or returns.
 */
const JINJA =
  /\{\{[-+]?\s*(?:[\w.]+\s*\(|(?:this|target|model|schema|database)\b)|\{%[-+]?\s*(?:set|if|for|macro|call|do|raw|import|from|include|snapshot|test)\b[^]*?%\}/;

/** Whether SQL has parts that dbt would render. */
export function hasJinja(sql: string): boolean {
  return JINJA.test(sql);
}
