import type { RgbImage } from './decodeImage.ts';
import type { OpenCv } from './loadOpenCv.ts';

type Mat = InstanceType<OpenCv['Mat']>;

/** Copies an image into OpenCV's memory as three channels of eight bits, in the order red, green, blue. The caller deletes it. */
export function rgbMat(cv: OpenCv, image: RgbImage): Mat {
  const mat = new cv.Mat(image.height, image.width, cv.CV_8UC3);
  mat.data.set(image.data);
  return mat;
}

/** Makes the one channel of an image that a detector looks at. The caller deletes it. */
export function planeMat(cv: OpenCv, image: RgbImage, channel: 'red' | 'green' | 'blue' | 'gray'): Mat {
  if (channel === 'gray') {
    const rgb = rgbMat(cv, image);
    const gray = new cv.Mat();
    try {
      cv.cvtColor(rgb, gray, cv.COLOR_RGB2GRAY);
    } finally {
      rgb.delete();
    }
    return gray;
  }
  const plane = new cv.Mat(image.height, image.width, cv.CV_8UC1);
  const values = plane.data;
  const first = { red: 0, green: 1, blue: 2 }[channel];
  for (let i = 0, from = first; i < values.length; i += 1, from += 3) values[i] = image.data[from] ?? 0;
  return plane;
}
