/** The fields in an answer: each counts for every object that it is in. */
export function fieldsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum, item) => sum + fieldsIn(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum, field) => sum + 1 + fieldsIn(field), 0);
}
