/**
 * The background work of a server, which a single backend does not do. Without checkpoints the WAL would grow without limit and be
 * replayed after a crash; without vacuum the tables would grow.
 *
 * @typedef {import('@electric-sql/pglite').PGlite} PGlite
 */

const logAtMostBytes = 32 * 1024 * 1024;

/** @param {PGlite} database outside of a transaction */
export async function keepUp(database) {
  if ((await logBytes(database)) > logAtMostBytes) await database.exec('checkpoint');
  const table = await tableToVacuum(database);
  if (table !== undefined) await database.exec(`vacuum (analyze) ${table}`);
}

/** @param {PGlite} database */
async function logBytes(database) {
  const { rows } = await database.query(
    'select (pg_current_wal_insert_lsn() - redo_lsn)::int8 as bytes from pg_control_checkpoint()',
  );
  return Number(/** @type {{ bytes: number }} */ (rows[0]).bytes);
}

/**
 * The table that autovacuum would process by its default settings.
 *
 * @param {PGlite} database
 */
async function tableToVacuum(database) {
  await database.query('select pg_stat_force_next_flush()'); // otherwise the statistics may be a second old
  const { rows } = await database.query(
    `select relid::regclass::text as name from pg_stat_user_tables
     where n_dead_tup > 50 + 0.2 * n_live_tup or n_mod_since_analyze > 50 + 0.1 * n_live_tup
     order by n_dead_tup desc limit 1`,
  );
  return /** @type {{ name: string } | undefined} */ (rows[0])?.name;
}
