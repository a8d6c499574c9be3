import { crc32, deflateSync } from 'node:zlib';

type Colour = string;

export interface Picture {
  /** From top to bottom of the sky, `#rrggbb`. */
  readonly sky: readonly [Colour, Colour];
  readonly sun: Colour;
  readonly hills: readonly [Colour, Colour];
  /** 0…1, across the picture. */
  readonly sunAt: number;
}

const width = 320;
const height = 200;
const skySteps = 48;

/** A small landscape, as PNG with a palette (PNG specification, third edition). */
export function pngOf(picture: Picture): Uint8Array {
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header()),
    chunk('PLTE', paletteOf(picture)),
    chunk('IDAT', deflateSync(pixelsOf(picture), { level: 6 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** 8 bits a pixel, each an index of the palette. */
function header(): Buffer {
  const fields = Buffer.alloc(13);
  fields.writeUInt32BE(width, 0);
  fields.writeUInt32BE(height, 4);
  fields.set([8, 3, 0, 0, 0], 8);
  return fields;
}

function paletteOf({ sky: [top, bottom], sun, hills }: Picture): Buffer {
  const from = rgb(top);
  const to = rgb(bottom);
  const steps = Array.from({ length: skySteps }, (_, step) =>
    from.map((value, channel) => Math.round(value + ((to[channel]! - value) * step) / (skySteps - 1))),
  );
  return Buffer.from([...steps, rgb(sun), ...hills.map(rgb)].flat());
}

function pixelsOf({ sunAt }: Picture): Buffer {
  const [sun, far, near] = [skySteps, skySteps + 1, skySteps + 2];
  const radius = 26;
  const centreX = sunAt * width;
  const rowBytes = width + 1; // the first byte of a row is its filter: none
  const pixels = Buffer.alloc(height * rowBytes);
  for (let y = 0; y < height; y += 1)
    pixels.fill(Math.floor((y * skySteps) / height), y * rowBytes + 1, (y + 1) * rowBytes);
  for (let x = 0; x < width; x += 1) {
    const sunHalf = Math.sqrt(Math.max(0, radius ** 2 - (x - centreX) ** 2));
    for (let y = Math.ceil(70 - sunHalf); y < 70 + sunHalf; y += 1) pixels[y * rowBytes + 1 + x] = sun;
    const farTop = Math.round(128 - 22 * Math.sin(x / 47 + sunAt * 9));
    const nearTop = Math.round(160 - 14 * Math.sin(x / 71 + sunAt * 5 + 2));
    for (let y = farTop; y < height; y += 1) pixels[y * rowBytes + 1 + x] = y < nearTop ? far : near;
  }
  return pixels;
}

function chunk(type: string, content: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const framed = Buffer.alloc(typed.length + 8);
  framed.writeUInt32BE(content.length, 0);
  typed.copy(framed, 4);
  framed.writeUInt32BE(crc32(typed), typed.length + 4);
  return framed;
}

export function rgb(colour: Colour): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}
