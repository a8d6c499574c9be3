import jpeg from 'jpeg-js';

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

/** A small landscape, as JPEG, which every network takes. */
export function jpegOf(picture: Picture): Uint8Array {
  const colours = coloursOf(picture);
  const data = Buffer.from(pixelsOf(picture).flatMap((index) => [...colours[index]!, 255]));
  return jpeg.encode({ width, height, data }, 80).data;
}

/** The steps of the sky, the sun, the far and the near hills. */
function coloursOf({ sky: [top, bottom], sun, hills }: Picture): number[][] {
  const from = rgb(top);
  const to = rgb(bottom);
  const steps = Array.from({ length: skySteps }, (_, step) =>
    from.map((value, channel) => Math.round(value + ((to[channel]! - value) * step) / (skySteps - 1))),
  );
  return [...steps, rgb(sun), ...hills.map(rgb)];
}

/** Row by row, the index of each pixel's colour. */
function pixelsOf({ sunAt }: Picture): number[] {
  const [sun, far, near] = [skySteps, skySteps + 1, skySteps + 2];
  const radius = 26;
  const centreX = sunAt * width;
  const pixels = Array.from({ length: width * height }, (_, at) =>
    Math.floor((Math.floor(at / width) * skySteps) / height),
  );
  for (let x = 0; x < width; x += 1) {
    const sunHalf = Math.sqrt(Math.max(0, radius ** 2 - (x - centreX) ** 2));
    for (let y = Math.ceil(70 - sunHalf); y < 70 + sunHalf; y += 1) pixels[y * width + x] = sun;
    const farTop = Math.round(128 - 22 * Math.sin(x / 47 + sunAt * 9));
    const nearTop = Math.round(160 - 14 * Math.sin(x / 71 + sunAt * 5 + 2));
    for (let y = farTop; y < height; y += 1) pixels[y * width + x] = y < nearTop ? far : near;
  }
  return pixels;
}

export function rgb(colour: Colour): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}
