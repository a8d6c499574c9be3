import { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { InFlight } from '../../src/http/in-flight.ts';

/** As far as it matters: whether it is sent, and an event when it is. */
function createResponse() {
  let isSent = false;
  const response = Object.create(ServerResponse.prototype, { writableFinished: { get: () => isSent } });
  const send = () => {
    isSent = true;
    response.emit('close');
  };
  return { response: response as ServerResponse, send };
}

function connections(count: number) {
  const inFlight = new InFlight();
  const sockets = Array.from({ length: count }, () => new Socket());
  for (const socket of sockets) inFlight.watch(socket);
  return { inFlight, sockets };
}

describe('what is in flight', () => {
  it('is the latest response of each connection, until it is sent', () => {
    const { inFlight, sockets } = connections(2);
    const [first, second, third] = [createResponse(), createResponse(), createResponse()];
    inFlight.add(sockets[0]!, first.response);
    inFlight.add(sockets[0]!, second.response);
    inFlight.add(sockets[1]!, third.response);
    expect(inFlight.unsent).toEqual([second.response, third.response]);
    second.send();
    expect(inFlight.unsent).toEqual([third.response]);
  });

  it('is waited for until all of it is sent', async () => {
    const { inFlight, sockets } = connections(2);
    const responses = sockets.map((socket) => {
      const one = createResponse();
      inFlight.add(socket, one.response);
      return one;
    });
    let isOver = false;
    const ended = inFlight.end(60_000).then(() => {
      isOver = true;
    });
    responses[1]!.send();
    await Promise.resolve();
    expect(isOver).toBe(false);
    responses[0]!.send();
    await ended;
  });

  it('goes with its connection', async () => {
    const { inFlight, sockets } = connections(1);
    const [socket] = sockets;
    inFlight.add(socket!, createResponse().response);
    const ended = inFlight.end(60_000);
    socket!.destroy();
    await ended;
    inFlight.add(socket!, createResponse().response); // nobody is there to be answered
    expect(inFlight.unsent).toEqual([]);
  });

  it('is given up when the time is over', async () => {
    const { inFlight, sockets } = connections(1);
    inFlight.add(sockets[0]!, createResponse().response);
    await inFlight.end(1);
    expect(inFlight.unsent).toHaveLength(1);
  });
});
