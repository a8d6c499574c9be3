export function isPromise(value: unknown): value is Promise<unknown> {
  return isComposite(value) && 'then' in value && typeof value.then === 'function';
}

export function isComposite(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
