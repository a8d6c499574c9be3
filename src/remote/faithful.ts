/** How a value can be written so that what is read equals it: as JSON, or by V8's structured clone; undefined if in neither way. */
export type Writing = 'json' | 'v8';

/** As deep as entries in memory may be. It also ends a cycle. */
const maxDepth = 64;

/**
 * Tells how a value can be written. Functions, instances of classes, promises, getters, symbols, and objects with hidden members
 * cannot: they would come back as something else, or not at all. `JSON` alone would lose undefined members, dates and -0.
 */
export function writingOf(value: unknown): Writing | undefined {
  const look = new Look();
  return look.visit(value, 0) ? look.writing : undefined;
}

class Look {
  writing: Writing = 'json';

  /** Returns false if the value cannot be written. */
  visit(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return true;
      case 'number':
        return this.#needsV8(!Number.isFinite(value) || Object.is(value, -0));
      case 'undefined':
      case 'bigint':
        return this.#needsV8(true);
      case 'object':
        return value === null || (depth < maxDepth && this.#object(value, depth + 1));
      default:
        return false;
    }
  }

  #needsV8(does: boolean): true {
    if (does) this.writing = 'v8';
    return true;
  }

  #object(value: object, depth: number): boolean {
    if (Array.isArray(value)) return this.#array(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) return this.#members(value, depth);
    if (prototype === Date.prototype) return this.#needsV8(true) && Reflect.ownKeys(value).length === 0;
    return false;
  }

  #array(value: readonly unknown[], depth: number): boolean {
    if (Object.getPrototypeOf(value) !== Array.prototype) return false;
    if (Reflect.ownKeys(value).length !== value.length + 1) return false; // holes, or names besides `length`
    for (let index = 0; index < value.length; index++) {
      const own = Object.getOwnPropertyDescriptor(value, index);
      if (own === undefined || !('value' in own) || !own.enumerable || !this.visit(own.value, depth)) return false;
    }
    return true;
  }

  #members(value: object, depth: number): boolean {
    for (const name of Reflect.ownKeys(value)) {
      const own = Object.getOwnPropertyDescriptor(value, name);
      if (typeof name === 'symbol' || own === undefined || !('value' in own) || !own.enumerable) return false;
      if (name === '__proto__' || name === 'toJSON') this.#needsV8(true); // JSON's reading or writing gives them a meaning
      if (!this.visit(own.value, depth)) return false;
    }
    return true;
  }
}
