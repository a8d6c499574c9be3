interface Resolvers {
  promise: Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

/**
 * ES2024's, which Node has from version 22 on. Where it is missing, Yoga makes do with an object that has getters of its own, one
 * a request: V8 keeps such getters, and with them all of the request, until it collects the whole heap.
 */
const promise = Promise as { withResolvers?: () => Resolvers };
promise.withResolvers ??= () => {
  const made = {} as Resolvers;
  made.promise = new Promise((resolve, reject) => {
    made.resolve = resolve;
    made.reject = reject;
  });
  return made;
};
