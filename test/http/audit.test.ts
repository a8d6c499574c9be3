import { type AuditFail, auditServer } from 'graphql-http';
import { describe, expect, it } from 'vitest';
import { createLiveServer } from './live.ts';

describe('the audit suite of GraphQL over HTTP', () => {
  it('finds nothing to say', async () => {
    const { url } = await createLiveServer();
    const results = await auditServer({ url: `${url}/graphql` });
    expect(results.length).toBeGreaterThan(50);
    const remarks = results.filter((result): result is AuditFail => result.status !== 'ok');
    expect(remarks.map(({ id, name, status, reason }) => `${id} ${name}: ${status}, ${reason}`)).toEqual([]);
  });
});
