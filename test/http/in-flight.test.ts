import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { InFlight } from '../../src/http/in-flight.ts';
import { grownOld } from '../setup/garbage.ts';

const answer = () => ({ headers: Array(100).fill(0) }) as unknown as ServerResponse;

describe('what is in flight', () => {
  it('is there from when it was added until it is removed, however often that is', () => {
    const inFlight = new InFlight();
    const [one, other] = [new Socket(), new Socket()];
    const [first, second, third] = [answer(), answer(), answer()];
    inFlight.watch(one);
    inFlight.watch(other);
    inFlight.add(one, first);
    inFlight.add(one, third);
    inFlight.add(other, second);
    expect([inFlight.size, ...inFlight]).toEqual([3, first, third, second]);
    for (let time = 0; time < 2; time++) inFlight.remove(one, first);
    expect([inFlight.size, ...inFlight]).toEqual([2, third, second]);
  });

  it('goes with its connection', async () => {
    const inFlight = new InFlight();
    const socket = new Socket();
    inFlight.watch(socket);
    inFlight.add(socket, answer());
    inFlight.add(socket, answer());
    const ended = inFlight.end(60_000);
    socket.destroy();
    await ended;
    expect(inFlight.size).toBe(0);
    inFlight.add(socket, answer()); // nobody is there to be answered
    expect(inFlight.size).toBe(0);
  });

  it('goes with the young objects when it is over', async () => {
    const inFlight = new InFlight();
    const sockets = Array.from({ length: 32 }, () => new Socket());
    for (const socket of sockets) inFlight.watch(socket);
    const running = sockets.map((socket) => ({ socket, one: answer() }));
    for (const { socket, one } of running) inFlight.add(socket, one);
    const bytes = await grownOld(() => {
      for (let time = 0; time < 50_000; time++) {
        const place = running[time % running.length]!;
        inFlight.remove(place.socket, place.one);
        place.one = answer();
        inFlight.add(place.socket, place.one);
      }
    });
    expect(bytes / 50_000).toBeLessThan(50);
  });
});
