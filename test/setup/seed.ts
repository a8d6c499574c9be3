import fc from 'fast-check';

/** The seed of everything that tests draw by chance: fixed, so that a run can be repeated. TEST_SEED explores others. */
export const seed = Number(process.env.TEST_SEED ?? 1);

fc.configureGlobal({ seed });
