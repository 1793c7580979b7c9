import type { DetectionResult, Light, Room } from './detectionResult.ts';
import { loadSharp } from './loadSharp.ts';

/**
 * Draws the outlines of detections on the image they were found in, and gives it as PNG bytes.
 *
 * The surer a detection, the stronger its line; a light's brightest spot is marked.
 *
 * @param bytes - The same PNG or JPEG that the model was given.
 */
export async function drawDetections(bytes: Uint8Array, result: DetectionResult): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const [height, width] = result.image_shape;
  const lineWidth = Math.max(1, Math.round(Math.max(width, height) / 1500));
  const shapes =
    'rooms' in result
      ? result.rooms.map((room) => outline(room, lineWidth))
      : result.lights.map((light) => lightShape(light, lineWidth));
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`;
  return sharp(bytes)
    .autoOrient()
    .toColourspace('srgb')
    .composite([{ input: Buffer.from(overlay), top: 0, left: 0 }])
    .png()
    .toBuffer();
}

function outline({ vertices, confidence }: Room | Light, lineWidth: number): string {
  const points = vertices.map(({ x, y }) => `${x},${y}`).join(' ');
  const opacity = (0.4 + 0.6 * confidence).toFixed(2);
  return `<polygon points="${points}" fill="#00e5a0" fill-opacity="0.2" stroke="#00e5a0" stroke-opacity="${opacity}" stroke-width="${lineWidth}"/>`;
}

function lightShape(light: Light, lineWidth: number): string {
  const { x, y } = light.peak;
  return `${outline(light, lineWidth)}<circle cx="${x + 0.5}" cy="${y + 0.5}" r="${lineWidth / 2}" fill="#ff3d81"/>`;
}
