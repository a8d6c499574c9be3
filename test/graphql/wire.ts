import type pg from 'pg';
import { Admission, type Queries } from '../../src/database/admission.ts';

/** A statement as it goes over the wire. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Queries whose database is a function of the test: the product's own statements, answered with rows as a server would send them. */
export function createWire(answer: (statement: Statement) => readonly object[] | Promise<readonly object[]>) {
  const statements: Statement[] = [];
  const respond = async (sql: string, parameters: readonly unknown[]) => {
    if (/^(begin|commit|rollback)/i.test(sql)) return { rows: [], rowCount: 0, command: sql.toUpperCase() };
    const statement = { sql, parameters };
    statements.push(statement);
    const rows = await answer(statement);
    return { rows: [...rows], rowCount: rows.length, command: sql.split(' ', 1)[0]!.toUpperCase() };
  };
  const client = {
    query(sql: string, parameters: readonly unknown[], answered: (error: unknown, result?: object) => void) {
      respond(sql, parameters).then((result) => answered(null, result), answered);
    },
    getTransactionStatus: () => 'I',
    on() {},
    release() {},
  };
  const pool = { connect: async () => client, end: async () => {} };
  const options = { connections: 100, transactions: 75, isLimitedByServer: false };
  const queries: Queries = new Admission(pool as unknown as pg.Pool, options).queries();
  return { queries, statements };
}
