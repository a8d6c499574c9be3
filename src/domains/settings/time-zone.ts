import { sql } from 'kysely';
import type { Queries } from '../../database/database.ts';

/** The zone's name as the time zone database writes it, if both JavaScript and PostgreSQL know it: both cut days in it. */
export async function knownTimeZone(queries: Queries, name: string): Promise<string | undefined> {
  if (!isKnownToJavaScript(name)) return undefined;
  const { rows } = await sql<{ name: string }>`
    select name from pg_timezone_names where lower(name) = ${name.toLowerCase()}
  `.execute(queries);
  return rows[0]?.name;
}

function isKnownToJavaScript(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
