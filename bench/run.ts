import { readdirSync } from 'node:fs';

/** `npm run bench -- <question>`: runs bench/<question>.ts, whose `run` prints its method and results and sets the exit code. */
const questions = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -'.ts'.length));
const [asked, ...rest] = process.argv.slice(2);

if (asked === undefined || !questions.includes(asked)) {
  console.error(`Expected one of ${questions.join(', ')} but got ${asked ?? 'nothing'}`);
  process.exitCode = 2;
} else {
  const { run } = (await import(`./${asked}.ts`)) as { run: (args: readonly string[]) => Promise<void> };
  await run(rest);
}
