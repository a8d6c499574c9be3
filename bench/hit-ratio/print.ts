/** Columns of numbers, aligned to the right. */
export function row(cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(8)).join(' ');
}

export function count(number: number): string {
  return number.toLocaleString('en');
}

/** Points with their sign. */
export function signed(points: number): string {
  return (points < 0 ? '−' : '+') + Math.abs(points).toFixed(2);
}

/** Prints whether a target is met, and with what; returns it. */
export function verdict(target: string, isMet: boolean, found: string): boolean {
  console.log(`${isMet ? 'met   ' : 'MISSED'}  ${target}: ${found}`);
  return isMet;
}
