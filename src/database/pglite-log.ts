/**
 * The lines of PGlite's log after which it does not work any more: PostgreSQL's own of severity FATAL or PANIC, what it says when it
 * does not even start, and the end of WebAssembly. PostgreSQL indents the lines of a message but for the first, so that
 * what a client sent is never the beginning of a line.
 */
const fatal = /^(?:\d+-\d+-\d+ [\d:.]+ \S+ \[\d+\] (?:FATAL|PANIC): {2}|postgres: |(?=Aborted\())(.*)$/;

/** What has ended the database; undefined for every other line. */
export function fatalIn(line: string): string | undefined {
  return fatal.exec(line)?.[1];
}
