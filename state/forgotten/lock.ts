/*
 * Recording a wish to be forgotten and writing rows that name people exclude each other, so no row of a person is
 * written after their wish was recorded. Writers share the lock. It lasts until the transaction ends. PostgreSQL serves
 * it in order: a wish waits for earlier writers, never for later ones. Take it after the activation's row.
 */
const LOCK = `hashtextextended('forgotten', 0)`;

/** SQL for a transaction that writes rows about people: waits for a wish that is being recorded. */
export const HOLD_WISHES = `select pg_advisory_xact_lock_shared(${LOCK})`;

/** SQL for a transaction that records a wish: waits for writers, and for other wishes. */
export const RECORD_WISH = `select pg_advisory_xact_lock(${LOCK})`;
