import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { closeReason } from '../../src/http/socket-refusal.ts';

describe('the reason with which a WebSocket is closed', () => {
  it('is cut to 123 bytes', () => {
    expect(closeReason('x'.repeat(123))).toBe('x'.repeat(123));
    expect(closeReason('x'.repeat(124))).toBe(`${'x'.repeat(120)}…`);
    expect(closeReason('é'.repeat(62))).toBe(`${'é'.repeat(60)}…`);
    expect(closeReason('👩'.repeat(1_000))).toBe(`${'👩'.repeat(30)}…`);
  });

  it('takes no more work for a longer text', () => {
    const measure = vi.spyOn(Buffer, 'byteLength');
    onTestFinished(() => measure.mockRestore());
    const measured = (text: string) => {
      measure.mockClear();
      closeReason(text);
      return measure.mock.calls.length;
    };
    expect(measured('é'.repeat(10_000))).toBe(measured('é'.repeat(200)));
  });
});
