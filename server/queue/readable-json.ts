/** After an even number of backslashes: `\\u0000` is a text of six characters. */
const ESCAPED = String.raw`(^|[^\\])(\\\\)*\\u(0000|d[89a-f])`;

/**
 * An SQL expression over a `json` column, or NULL where the document holds a character that PostgreSQL's json functions refuse: they read
 * all of a document, so that such a row would fail the whole statement. Nothing of that kind is stored any more; older rows may hold some.
 */
export const readable = (column: string, expression: string) => `CASE WHEN ${column}::text !~ '${ESCAPED}' THEN ${expression} END`;
