/**
 * Lines of PGlite's log after which it does not work any more: PostgreSQL's messages of severity FATAL or PANIC, errors at its
 * start, and an abort of WebAssembly. PostgreSQL indents all lines of a message but the first, so no line begins with a client's
 * input.
 */
const fatal = /^(?:\d+-\d+-\d+ [\d:.]+ \S+ \[\d+\] (?:FATAL|PANIC): {2}|postgres: |(?=Aborted\())(.*)$/;

/** The failure that a line reports; undefined for other lines. */
export function fatalIn(line: string): string | undefined {
  return fatal.exec(line)?.[1];
}
