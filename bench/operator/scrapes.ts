const everyMs = 5_000;

/** Reads `/metrics` every five seconds, more often than Prometheus usually does. Returns a function that ends it. */
export function beginScrapes(port: number): () => Promise<void> {
  const read: Promise<void>[] = [];
  const scrape = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    const text = await response.text();
    if (!text.includes('magpie_cache_loads_total'))
      throw new Error(`expected metrics, but got ${response.status}: ${text}`);
  };
  read.push(scrape());
  const timer = setInterval(() => read.push(scrape()), everyMs);
  return async () => {
    clearInterval(timer);
    await Promise.all(read);
  };
}
