/** The places of values without a neighbour, from which no line can be drawn. What is passed over is no neighbour. */
export function aloneIn(values: ArrayLike<number | null | undefined>): number[] {
  const told = Array.from(values, (_, place) => place).filter((place) => values[place] !== undefined);
  const isKnown = (place: number | undefined) => place !== undefined && values[place] !== null;
  return told.filter((place, at) => isKnown(place) && !isKnown(told[at - 1]) && !isKnown(told[at + 1]));
}
